"""The only settings. Each comes from the environment or `.env`; a wrong one stops the start with a clear line."""

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
SQLITE_LOCK_SECONDS = 8
CONNECTION_KEPT_SECONDS = 60
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1", "[::1]"}

env = environ.Env()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))


def _require(name: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Put it into the environment or into .env (see .env.example).")
    return str(value)


def _stripped(values: list[str]) -> list[str]:
    """Return the parts of a list without the blanks around them, and without empty ones: `a, b` is `a` and `b`."""
    return [value.strip() for value in values if value.strip()]


def _tenios_base_url(url: str) -> str:
    """Return the address of TENIOS; anything but https needs a loopback host, or the key would travel bare."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS):
        return url.rstrip("/")
    raise ImproperlyConfigured("TENIOS_BASE_URL must start with https:// (http:// only for a loopback host).")


def _networks(name: str, values: list[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(value, strict=False) for value in _stripped(values)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None


def _limits(name: str, *, amber: int, red: int) -> tuple[int, int]:
    """Return from how many seconds on a call of this kind is long, and from how many too long; 0 is never."""
    if min(amber, red) >= 0 and (amber <= red or not red):
        return amber, red
    raise ImproperlyConfigured(
        f"{name}_AMBER_SECONDS must not be above {name}_RED_SECONDS, and neither below 0 (0 = never)."
    )


def _not_negative(name: str, value: int) -> int:
    if value >= 0:
        return value
    raise ImproperlyConfigured(f"{name} must not be below 0 (0 = never).")


def _postgresql_options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a connection; what the address gives wins.

    A process that hangs inside a transaction loses its session after 2 s, so that whoever waits for its locks, at most
    5 s, goes on without an error. Statements have no bound of their own: exporting, verifying and migrating may take
    long, and hold nobody up. A server that is gone or hangs is given up after some seconds.
    """
    bounds = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=2s"
    return {
        "application_name": "transferdesk",
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **given,
        "options": f"{bounds} {given.get('options', '')}".strip(),
    }


def _database(url: dict[str, Any]) -> dict[str, Any]:
    """Make either database keep a committed claim, and let nobody wait for it for long.

    SQLite syncs fully and takes its write lock first. Nothing frees that lock while its holder hangs: the others give
    up before the picker does, which waits 10 s. Threads keep their connection for a while, and look before each request
    or task whether it still works.
    """
    kept = {**url, "CONN_MAX_AGE": CONNECTION_KEPT_SECONDS, "CONN_HEALTH_CHECKS": True}
    if not url["ENGINE"].endswith("sqlite3"):
        return {**kept, "OPTIONS": _postgresql_options(url.get("OPTIONS", {}))}
    name = BASE_DIR / url["NAME"]
    name.parent.mkdir(parents=True, exist_ok=True)
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_LOCK_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
    return {**kept, "ENGINE": "tenios_dashboard.sqlite3", "NAME": str(name), "OPTIONS": options}


# --- the process -----------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _require("SECRET_KEY")
ALLOWED_HOSTS = _stripped(env.list("ALLOWED_HOSTS", default=[]))
CSRF_TRUSTED_ORIGINS = _stripped(env.list("CSRF_TRUSTED_ORIGINS", default=[]))
INSECURE_HTTP = env.bool("INSECURE_HTTP", default=False)
if INSECURE_HTTP and not set(ALLOWED_HOSTS) <= LOOPBACK_HOSTS:
    raise ImproperlyConfigured(
        "INSECURE_HTTP is for this machine only: ALLOWED_HOSTS may then name nothing but loopback hosts."
    )

ROOT_URLCONF = "tenios_dashboard.urls"
ASGI_APPLICATION = "tenios_dashboard.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": _database(env.db("DATABASE_URL", default="sqlite:///var/db.sqlite3"))}
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

# Counts failed sign-ins; in the database so that it is shared by all web processes and needs no Redis.
# Django's 300 entries would let a guesser push out the count of an account by trying names.
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
# Why these: docs/decisions/0008-bounds-on-guessing.md. `key` is the account; in the last line, account and network.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "300/m/ip,200/h/key",
    "login_failed_from_here": "10/15m/key",
}

# --- e-mail: only the reset of a forgotten password sends any --------------------------------------------------------

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
# Whoever watches a process asks it past the proxy, which is where https ends.
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

TENIOS_BASE_URL = _tenios_base_url(env.str("TENIOS_BASE_URL", default="https://api.tenios.com"))
TENIOS_ACCESS_KEY = env.str("TENIOS_ACCESS_KEY", default="")
TENIOS_EVENT_KEYS = _stripped(env.list("TENIOS_EVENT_KEYS", default=[]))
TENIOS_EVENT_SOURCES = _networks("TENIOS_EVENT_SOURCES", env.list("TENIOS_EVENT_SOURCES", default=[]))
TENIOS_FORWARD_ANSWER_TYPES = _stripped(
    env.list(
        "TENIOS_FORWARD_ANSWER_TYPES",
        default=["FORWARD_ANSWER", "ANSWER_FORWARD", "FORWARD_ANSWERED", "CALL_FORWARD_ANSWER"],
    )
)

# --- the product -----------------------------------------------------------------------------------------------------

TRANSFER_REGIONS = [region.upper() for region in _stripped(env.list("TRANSFER_REGIONS", default=["DE", "AT", "CH"]))]
TRANSFER_UNDO_SECONDS = env.float("TRANSFER_UNDO_SECONDS", default=3)
TRANSFER_LIMIT_PER_AGENT = env.int("TRANSFER_LIMIT_PER_AGENT", default=10)
TRANSFER_LIMIT_IN_ALL = env.int("TRANSFER_LIMIT_IN_ALL", default=100)
SIP_USER_FETCH_HOURS = _not_negative("SIP_USER_FETCH_HOURS", env.int("SIP_USER_FETCH_HOURS", default=24))
AGENT_STATES_PER_MINUTE = _not_negative("AGENT_STATES_PER_MINUTE", env.int("AGENT_STATES_PER_MINUTE", default=30))
CALLER_LINK_TEMPLATE = env.str("CALLER_LINK_TEMPLATE", default="")
WAITING_AMBER_SECONDS, WAITING_RED_SECONDS = _limits(
    "WAITING",
    amber=env.int("WAITING_AMBER_SECONDS", default=60),
    red=env.int("WAITING_RED_SECONDS", default=120),
)
TALKING_AMBER_SECONDS, TALKING_RED_SECONDS = _limits(
    "TALKING",
    amber=env.int("TALKING_AMBER_SECONDS", default=300),
    red=env.int("TALKING_RED_SECONDS", default=600),
)
RETENTION_CALL_DAYS = env.int("RETENTION_CALL_DAYS", default=30)
RETENTION_AUDIT_DETAIL_DAYS = env.int("RETENTION_AUDIT_DETAIL_DAYS", default=90)
RETENTION_AUDIT_DAYS = env.int("RETENTION_AUDIT_DAYS", default=365)

# --- operations ------------------------------------------------------------------------------------------------------

METRICS_SOURCES = _networks("METRICS_SOURCES", env.list("METRICS_SOURCES", default=["127.0.0.0/8", "::1"]))

# --- Celery: early acknowledgement, no retries, no results; the database is the queue --------------------------------

_SOCKET_REDIS = REDIS_URL.startswith("unix://")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) if _SOCKET_REDIS else REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# An agent waits for the publisher, nobody for a worker: the worker widens these bounds for itself (celery.py).
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}
CELERY_TASK_DEFAULT_QUEUE = "transfers"
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
# Not `task_publish_retry = False`: that skips this policy and waits for seconds on a refused connection.
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
        "pulse": {"()": "tenios_dashboard.log_quiet.LeaveOutPulse"},
    },
    "formatters": {"line": {"()": "tenios_dashboard.log_masking.MaskingFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["pulse", "mask"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # uvicorn has given these handlers of its own by now: naming them here takes those away.
        "uvicorn": {"level": "INFO", "propagate": True},
        "uvicorn.access": {"level": "INFO", "propagate": True},
    },
}
