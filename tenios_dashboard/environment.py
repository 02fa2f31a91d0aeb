"""Reads and checks what the settings take from the environment or `.env`. Wrong values raise ImproperlyConfigured."""

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1", "[::1]"}

env = environ.Env()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))


def require(name: str) -> str:
    """Return a text that has no default."""
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Put it into the environment or into .env (see .env.example).")
    return str(value)


def stripped(values: list[str]) -> list[str]:
    """Return the parts of a list without blanks around them and without empty parts: `a, b` is `a` and `b`."""
    return [value.strip() for value in values if value.strip()]


def networks(name: str, values: list[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return addresses and networks."""
    try:
        return [ipaddress.ip_network(value, strict=False) for value in stripped(values)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None


def not_negative(name: str, value: int) -> int:
    """Return a number for which 0 means never."""
    if value >= 0:
        return value
    raise ImproperlyConfigured(f"{name} must not be below 0 (0 = never).")


def time_limits(name: str, *, amber: int, red: int) -> tuple[int, int]:
    """Return after how many seconds a call of this kind is long (amber) and too long (red); 0 means never."""
    if min(amber, red) >= 0 and (amber <= red or not red):
        return amber, red
    raise ImproperlyConfigured(
        f"{name}_AMBER_SECONDS must not be above {name}_RED_SECONDS, and neither below 0 (0 = never)."
    )


def tenios_url(url: str) -> str:
    """Return the address of TENIOS. It must be https, except for a loopback host: requests contain the access key."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS):
        return url.rstrip("/")
    raise ImproperlyConfigured("TENIOS_BASE_URL must start with https:// (http:// only for a loopback host).")
