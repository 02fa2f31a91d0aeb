"""What the started processes are told: secrets made once and kept, and the settings of a system on loopback."""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.procfile import ROOT

# Without 0, 1, i, l, o: the password is read from a terminal and typed.
EASY_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
TEST_ONLY_PREFIXES = ("PYTEST_", "DJANGO_")


@dataclass(frozen=True)
class StackSecrets:
    """What nobody else may know. `password` is that of all demo people."""

    secret_key: str
    access_key: str
    event_key: str
    password: str


def load_or_make_secrets(path: Path) -> StackSecrets:
    """Read the secrets of an earlier start, or make new ones and keep them in a file that only its owner reads."""
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
    """Return this process's environment without what belongs to a test run.

    With `with_settings` off our own settings are left out as well, so that a key or an address a developer has exported
    never reaches a test.
    """
    dropped = set() if with_settings else setting_names()
    return {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(TEST_ONLY_PREFIXES)
    }


def loopback_settings(*, kept: StackSecrets, simulator_url: str | None, database: Path) -> dict[str, str]:
    """Return the settings of a system that only this machine reaches, with SQLite in the file `database`."""
    settings = {
        "DEBUG": "off",
        "SECRET_KEY": kept.secret_key,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "INSECURE_HTTP": "on",
        "DATABASE_URL": f"sqlite:///{database}",
        "STATIC_ROOT": str(ROOT / "var" / "static"),
        "TENIOS_ACCESS_KEY": kept.access_key,
        "TENIOS_EVENT_KEYS": kept.event_key,
        # A .env file is meant for production: its database and its key have no business here.
        "ENV_FILE": os.devnull,
        "PYTHONUNBUFFERED": "1",
    }
    return settings | ({"TENIOS_BASE_URL": simulator_url} if simulator_url else {})
