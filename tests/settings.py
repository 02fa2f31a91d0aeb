"""Settings of the test suite: the real ones, with made-up values for what a machine must be told.

Exported settings of the caller are dropped first, so that a real key or address never reaches a test. Only
`DATABASE_URL` is kept: it says which database is tested.
"""

import os

from scripts.stack.environment import setting_names

for name in setting_names() - {"DATABASE_URL"}:
    os.environ.pop(name, None)
os.environ.setdefault("DATABASE_URL", "sqlite:///var/test/test.sqlite3")
os.environ |= {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "only-for-tests-" + "x" * 50,
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "TENIOS_BASE_URL": "http://127.0.0.1:9",
    "TENIOS_ACCESS_KEY": "access-key-for-tests-0123456789",
    "TENIOS_EVENT_KEYS": "event-key-for-tests,event-key-for-tests-2",
}

from tenios_dashboard.environment import BASE_DIR  # noqa: E402
from tenios_dashboard.settings import *  # noqa: E402, F403
from tenios_dashboard.settings import DATABASES, STORAGES  # noqa: E402

SECURE_SSL_REDIRECT = False
# A folder of its own: the systems that the stories start collect their static files while other tests run.
STATIC_ROOT = BASE_DIR / "var" / "test" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
TRANSFER_LIMIT_PER_AGENT = TRANSFER_LIMIT_IN_ALL = 0  # a test that needs a limit sets one
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "you-forgot-to-fake-celery://"
REDIS_URL = "redis://127.0.0.1:9/0"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DATABASES["default"]["TEST"] = (
    {"NAME": str(DATABASES["default"]["NAME"])} if DATABASES["default"]["ENGINE"].endswith("sqlite3") else {}
)
# A thread of a test ends with the test, and nothing closes the connections it would keep.
DATABASES["default"]["CONN_MAX_AGE"] = 0
