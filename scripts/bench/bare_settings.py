"""A bare Django on the product's database: no middleware, two views."""

from tenios_dashboard.settings import *  # noqa: F403

ROOT_URLCONF = "scripts.bench.bare_urls"
MIDDLEWARE: list[str] = []
