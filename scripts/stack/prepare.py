"""Prepares a system before its first process: migrates, collects the static files, loads the users of the demo.

    python -m scripts.stack.prepare

One process instead of four commands, because most of the time of each command is its start. The password of the users
is in the environment (DEMO_PASSWORD), where a list of processes does not show it.
"""

import fcntl
import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def main() -> None:
    """Migrate, create the cache table, collect the static files, load the demo."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    call_command("createcachetable")
    collect_static_files(Path(settings.STATIC_ROOT))
    call_command("load_demo", password=os.environ["DEMO_PASSWORD"])


def collect_static_files(target: Path) -> None:
    """Collect and compress the static files if they have changed. Only one process at a time does so."""
    target.mkdir(parents=True, exist_ok=True)
    with (target.parent / f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, state = target.parent / f"{target.name}.stamp", static_files_state()
        if stamp.exists() and stamp.read_text() == state and (target / "staticfiles.json").exists():
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(state)


def static_files_state() -> str:
    """Return a hash of the name, size and time of change of every static file."""
    state = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            state.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return state.hexdigest()


if __name__ == "__main__":
    main()
