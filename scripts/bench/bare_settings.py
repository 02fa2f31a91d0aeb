"""A bare Django on the product's database: no middleware, and none of the apps that insist on one."""

from tenios_dashboard import settings as product
from tenios_dashboard.settings import *  # noqa: F403

ROOT_URLCONF = "scripts.bench.bare_urls"
INSTALLED_APPS = [name for name in product.INSTALLED_APPS if not name.startswith("allauth")]
MIDDLEWARE = []
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  # Django's own; its threads end with their request
