"""The only settings. Each comes from the environment or `.env`; a wrong value stops the start with a clear message."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tenios_dashboard.databases import database_from_url
from tenios_dashboard.environment import (
    BASE_DIR,
    LOOPBACK_HOSTS,
    env,
    networks,
    not_negative,
    require,
    stripped,
    tenios_url,
    time_limits,
)

# --- the process -----------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = require("SECRET_KEY")
ALLOWED_HOSTS = stripped(env.list("ALLOWED_HOSTS", default=[]))
CSRF_TRUSTED_ORIGINS = stripped(env.list("CSRF_TRUSTED_ORIGINS", default=[]))
INSECURE_HTTP = env.bool("INSECURE_HTTP", default=False)
if INSECURE_HTTP and not set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS:
    raise ImproperlyConfigured(
        "INSECURE_HTTP is for this machine only: ALLOWED_HOSTS may then name nothing but loopback hosts."
    )

ROOT_URLCONF = "tenios_dashboard.urls"
ASGI_APPLICATION = "tenios_dashboard.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database_from_url(env.db("DATABASE_URL", default="sqlite:///var/db.sqlite3"))}
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

INSTALLED_APPS = [
    "transfers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "tenios_dashboard.middleware.refuse_nul",
    "tenios_dashboard.middleware.ignore_cookies_of_monitoring",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenios_dashboard.middleware.use_language_of_user",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenios_dashboard.middleware.sign_in_with_whole_page",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Counts failed sign-ins. In the database, so that all web processes share it and it works without Redis. With Django's
# default of 300 entries, an attacker could remove the count of an account by trying other names.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- people ----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "transfers.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "transfers:call-board"
ACCOUNT_ADAPTER = "tenios_dashboard.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PRESERVE_USERNAME_CASING = False
# Reasons: docs/decisions/0008-bounds-on-guessing.md. `key` is the account; in the last entry, account and network.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "300/m/ip,200/h/key",
    "login_failed_from_here": "10/15m/key",
}

# --- e-mail: sent only to reset a forgotten password -----------------------------------------------------------------

CAN_SEND_EMAIL = bool(env.str("EMAIL_URL", default=""))
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="transferdesk@localhost")

# --- language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Berlin")
USE_TZ = True

# --- what the browser gets -------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not INSECURE_HTTP
# Monitoring asks the process directly, and not the proxy that speaks https.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE_HTTP
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not INSECURE_HTTP
_COOKIE_PREFIX = "" if INSECURE_HTTP else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_SAVE_EVERY_REQUEST = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

# --- TENIOS ----------------------------------------------------------------------------------------------------------

TENIOS_BASE_URL = tenios_url(env.str("TENIOS_BASE_URL", default="https://api.tenios.com"))
TENIOS_ACCESS_KEY = env.str("TENIOS_ACCESS_KEY", default="")
TENIOS_EVENT_KEYS = stripped(env.list("TENIOS_EVENT_KEYS", default=[]))
TENIOS_EVENT_SOURCES = networks("TENIOS_EVENT_SOURCES", env.list("TENIOS_EVENT_SOURCES", default=[]))
TENIOS_FORWARD_ANSWER_TYPES = stripped(
    env.list(
        "TENIOS_FORWARD_ANSWER_TYPES",
        default=["FORWARD_ANSWER", "ANSWER_FORWARD", "FORWARD_ANSWERED", "CALL_FORWARD_ANSWER"],
    )
)

# --- the product -----------------------------------------------------------------------------------------------------

TRANSFER_REGIONS = [region.upper() for region in stripped(env.list("TRANSFER_REGIONS", default=["DE", "AT", "CH"]))]
TRANSFER_UNDO_SECONDS = env.float("TRANSFER_UNDO_SECONDS", default=3)
TRANSFER_LIMIT_PER_AGENT = env.int("TRANSFER_LIMIT_PER_AGENT", default=10)
TRANSFER_LIMIT_IN_ALL = env.int("TRANSFER_LIMIT_IN_ALL", default=100)
SIP_USER_FETCH_HOURS = not_negative("SIP_USER_FETCH_HOURS", env.int("SIP_USER_FETCH_HOURS", default=24))
AGENT_STATES_PER_MINUTE = not_negative("AGENT_STATES_PER_MINUTE", env.int("AGENT_STATES_PER_MINUTE", default=30))
CALLER_LINK_TEMPLATE = env.str("CALLER_LINK_TEMPLATE", default="")
WAITING_AMBER_SECONDS, WAITING_RED_SECONDS = time_limits(
    "WAITING",
    amber=env.int("WAITING_AMBER_SECONDS", default=60),
    red=env.int("WAITING_RED_SECONDS", default=120),
)
TALKING_AMBER_SECONDS, TALKING_RED_SECONDS = time_limits(
    "TALKING",
    amber=env.int("TALKING_AMBER_SECONDS", default=300),
    red=env.int("TALKING_RED_SECONDS", default=600),
)
RETENTION_CALL_DAYS = env.int("RETENTION_CALL_DAYS", default=30)
RETENTION_AUDIT_DETAIL_DAYS = env.int("RETENTION_AUDIT_DETAIL_DAYS", default=90)
RETENTION_AUDIT_DAYS = env.int("RETENTION_AUDIT_DAYS", default=365)

# --- operations ------------------------------------------------------------------------------------------------------

METRICS_SOURCES = networks("METRICS_SOURCES", env.list("METRICS_SOURCES", default=["127.0.0.0/8", "::1"]))

# --- Celery: early acknowledgement, no retries, no results; the database is the queue --------------------------------

_SOCKET_REDIS = REDIS_URL.startswith("unix://")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) if _SOCKET_REDIS else REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Short, because an agent waits for the publisher. A worker sets longer timeouts for itself (celery.py).
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}
CELERY_TASK_DEFAULT_QUEUE = "transfers"
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
# Not `task_publish_retry = False`: that ignores this policy and waits for seconds when the connection is refused.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_TIMER_PRECISION = 0.1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "settle-outcomes": {"task": "transfers.tasks.settle_outcomes", "schedule": 5.0, "options": {"expires": 5.0}},
    "end-ghost-calls": {"task": "transfers.tasks.end_ghost_calls", "schedule": 15.0, "options": {"expires": 15.0}},
    "fetch-sip-users": {"task": "transfers.tasks.fetch_sip_users", "schedule": 10.0, "options": {"expires": 10.0}},
    "ask-who-is-available": {
        "task": "transfers.tasks.ask_who_is_available",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "report-alive": {"task": "transfers.tasks.report_alive", "schedule": 2.0, "options": {"expires": 2.0}},
    "forget-old-imports": {
        "task": "transfers.tasks.forget_old_imports",
        "schedule": 900.0,
        "options": {"expires": 900.0},
    },
    "count-metrics": {"task": "transfers.tasks.count_metrics", "schedule": 5.0, "options": {"expires": 5.0}},
}

# --- logging ---------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "mask": {"()": "tenios_dashboard.log_masking.MaskPersonalData"},
        "routine": {"()": "tenios_dashboard.log_filter.LeaveOutRoutineTasks"},
    },
    "formatters": {"line": {"()": "tenios_dashboard.log_masking.MaskingFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["routine", "mask"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # Named here to remove the handlers that uvicorn has set up before.
        "uvicorn": {"level": "INFO", "propagate": True},
        "uvicorn.access": {"level": "INFO", "propagate": True},
    },
}
