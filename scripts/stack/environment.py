"""The environment of the started processes: secrets that are made once, and settings for a system on loopback."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.procfile import ROOT

# Without 0, 1, i, l, o: people read the password from a terminal and type it.
EASY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
TEST_ONLY_PREFIXES = ("PYTEST_", "DJANGO_")


@dataclass(frozen=True)
class StackSecrets:
    """The secrets of one system. `password` is that of all users of the demo."""

    secret_key: str
    access_key: str
    event_key: str
    password: str


def load_or_make_secrets(path: Path) -> StackSecrets:
    """Read the secrets of an earlier start, or make new ones and store them in a file that only its owner can read."""
    if path.exists():
        return StackSecrets(**json.loads(path.read_text()))
    made = StackSecrets(
        secret_key=secrets.token_urlsafe(50),
        access_key=secrets.token_urlsafe(24),
        event_key=secrets.token_urlsafe(24),
        password="-".join("".join(secrets.choice(EASY_LETTERS) for _ in range(4)) for _ in range(3)),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(made), indent=2))
    return made


def setting_names() -> set[str]:
    """Return the names of all settings: those that .env.example lists."""
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))


def inherited_environment(*, with_settings: bool) -> dict[str, str]:
    """Return this process's environment without the variables of a test run.

    Without `with_settings` the product's settings are left out as well, so that an exported key never reaches a test.
    """
    dropped = set() if with_settings else setting_names()
    return {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(TEST_ONLY_PREFIXES)
    }


def build_environment(
    defaults: Mapping[str, str], fixed: Mapping[str, str | None], extra: Mapping[str, str], *, use_environment: bool
) -> dict[str, str]:
    """Return the environment of a system: `fixed` and `extra` win over the inherited environment, `defaults` do not.

    Names in `fixed` whose value is None are left out.
    """
    return (
        dict(defaults)
        | inherited_environment(with_settings=use_environment)
        | {name: value for name, value in fixed.items() if value}
        | dict(extra)
    )


def loopback_settings(own_secrets: StackSecrets, *, var_dir: Path, simulator_url: str | None) -> dict[str, str]:
    """Return the settings of a system that only this machine reaches, with SQLite in `var_dir`."""
    settings = {
        "DEBUG": "off",
        "SECRET_KEY": own_secrets.secret_key,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "INSECURE_HTTP": "on",
        "DATABASE_URL": f"sqlite:///{var_dir / 'db.sqlite3'}",
        "STATIC_ROOT": str(ROOT / "var" / "static"),
        "TENIOS_ACCESS_KEY": own_secrets.access_key,
        "TENIOS_EVENT_KEYS": own_secrets.event_key,
        # A .env file is for production: its database and its key must not be used here.
        "ENV_FILE": os.devnull,
        "PYTHONUNBUFFERED": "1",
    }
    return settings | ({"TENIOS_BASE_URL": simulator_url} if simulator_url else {})
