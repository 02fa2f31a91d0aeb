"""The product's settings with the baseline's addresses. With BENCH_WITHOUT_MIDDLEWARE=1 a Django without middleware.

A baseline that needs the sign-in and the CSRF check keeps the middleware.
"""

import os

from tenios_dashboard import settings as product
from tenios_dashboard.settings import *  # noqa: F403

ROOT_URLCONF = "scripts.bench.baselines.views"
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  # Django's default; its threads end with their request

if os.environ.get("BENCH_WITHOUT_MIDDLEWARE") == "1":
    # allauth refuses to start without its middleware.
    MIDDLEWARE = []
    INSTALLED_APPS = [name for name in product.INSTALLED_APPS if not name.startswith("allauth")]
