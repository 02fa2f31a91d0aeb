"""Creates the data folder of a temporary PostgreSQL server, as another user than root.

PostgreSQL refuses to run as root. If root starts it, it runs in a user namespace as `nobody`: its files belong to root,
and no account is changed. If namespaces are forbidden, it runs as the account `nobody`.
"""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.postgres_binaries import PostgresNotAvailable

NAMESPACE = ("unshare", "-U", "--map-user=65534", "--map-group=65534")


@dataclass(frozen=True)
class Runner:
    """How to start PostgreSQL's programs so that they are not root: a wrapping command, or an account."""

    prefix: Sequence[str] = ()
    user: str | None = None


def make_cluster(*, binaries: Path, folder: Path, password: str) -> Runner:
    """Create the data folder in `folder`; return how to start the server. Raises PostgresNotAvailable."""
    password_file = folder / "password"
    password_file.write_text(password)
    error = ""
    for runner in _possible_runners():
        if runner.user:
            shutil.chown(folder, runner.user)
            shutil.chown(password_file, runner.user)
        shutil.rmtree(folder / "data", ignore_errors=True)
        options = ["-U", "postgres", "-A", "scram-sha-256", "--pwfile", str(password_file), "-E", "UTF8", "--no-sync"]
        command = [*runner.prefix, str(binaries / "initdb"), "-D", str(folder / "data"), "--locale=C", *options]
        error = _error_of(command, runner=runner, folder=folder)
        if not error:
            return runner
    raise PostgresNotAvailable(f"{binaries / 'initdb'} did not make a database: {error[-500:]}")


def _possible_runners() -> list[Runner]:
    if os.geteuid() != 0:
        return [Runner()]
    in_namespace = [Runner(prefix=NAMESPACE)] if platform.system() == "Linux" and shutil.which("unshare") else []
    return [*in_namespace, Runner(user="nobody")]


def _error_of(command: list[str], *, runner: Runner, folder: Path) -> str:
    """Run a command. Return "" when it succeeded, else its output."""
    groups: list[int] | None = [] if runner.user else None
    try:
        done = subprocess.run(
            command, user=runner.user, extra_groups=groups, cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError as refusal:  # the account may not even read the binary
        return str(refusal)
    return "" if done.returncode == 0 else done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
