"""The product's settings with other addresses: the baseline of the click, with the same sign-in and CSRF check."""

from tenios_dashboard.settings import *  # noqa: F403

ROOT_URLCONF = "scripts.bench.straight_urls"
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  # Django's own; its threads end with their request
