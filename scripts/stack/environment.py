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
    *,
    stack_secrets: StackSecrets,
    var_dir: Path,
    web_port: int,
    simulator_url: str | None,
    database_url: str | None,
    redis_url: str | None,
    extra_env: Mapping[str, str],
    use_environment: bool,
) -> dict[str, str]:
    """Return the environment of a system. Without a URL the inherited one applies, or that of `loopback_settings`."""
    fixed = {
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "PORT": str(web_port),
        "VAR_DIR": str(var_dir),
    }
    return (
        loopback_settings(stack_secrets=stack_secrets, simulator_url=simulator_url, database=var_dir / "db.sqlite3")
        | inherited_environment(with_settings=use_environment)
        | {name: value for name, value in fixed.items() if value}
        | dict(extra_env)
    )


def loopback_settings(*, stack_secrets: StackSecrets, simulator_url: str | None, database: Path) -> dict[str, str]:
    """Return the settings of a system that only this machine reaches, with SQLite in the file `database`."""
    settings = {
        "DEBUG": "off",
        "SECRET_KEY": stack_secrets.secret_key,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "INSECURE_HTTP": "on",
        "DATABASE_URL": f"sqlite:///{database}",
        "STATIC_ROOT": str(ROOT / "var" / "static"),
        "TENIOS_ACCESS_KEY": stack_secrets.access_key,
        "TENIOS_EVENT_KEYS": stack_secrets.event_key,
        # A .env file is for production: its database and its key must not be used here.
        "ENV_FILE": os.devnull,
        "PYTHONUNBUFFERED": "1",
    }
    return settings | ({"TENIOS_BASE_URL": simulator_url} if simulator_url else {})
