"""Settings of the test suite: the real ones, with harmless values for what a machine must be told."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
os.environ.setdefault("DATABASE_URL", "sqlite:///var/test.sqlite3")
os.environ.setdefault("TENIOS_BASE_URL", "http://127.0.0.1:9")
os.environ.setdefault("TENIOS_ACCESS_KEY", "access-key-for-tests-0123456789")
os.environ.setdefault("TENIOS_EVENT_KEYS", "event-key-for-tests,event-key-for-tests-2")

from .settings import *  # noqa: F403
from .settings import BASE_DIR, DATABASES, STORAGES

SECURE_SSL_REDIRECT = False
# Of its own and empty: the running systems of the stories collect theirs while other tests run.
STATIC_ROOT = BASE_DIR / "var" / "test" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
TRANSFER_LIMIT_PER_AGENT = TRANSFER_LIMIT_IN_ALL = 0  # a test that wants a limit sets one
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "you-forgot-to-fake-celery://"
REDIS_URL = "redis://127.0.0.1:9/0"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DATABASES["default"]["TEST"] = (
    {"NAME": str(DATABASES["default"]["NAME"])} if DATABASES["default"]["ENGINE"].endswith("sqlite3") else {}
)
# The threads of a test end with it, and nobody closes for them what they kept.
DATABASES["default"]["CONN_MAX_AGE"] = 0
