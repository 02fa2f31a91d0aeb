"""A temporary PostgreSQL server for tests, bench and chaos, from the server binaries of the machine.

python -m scripts.embedded_postgres COMMAND...     runs a command with the DATABASE_URL of such a server
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.child_process import ChildProcess, stop_children
from scripts.net import LOOPBACK, free_port, wait_until
from scripts.postgres_binaries import PostgresNotAvailable, find_postgres_binaries
from scripts.postgres_cluster import make_cluster

START_SECONDS = 30
# Its data is deleted after the run and need not survive a power failure.
SERVER_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}
DURABLE_SETTINGS = SERVER_SETTINGS | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""For a server that is killed and started again: commits reach the disk, as in production."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server: its DATABASE_URL, and its main process."""

    url: str
    process: ChildProcess

    def start_again(self) -> None:
        """Wait until it has ended, start it, and wait until it answers. Raises PostgresNotAvailable."""
        wait_until(lambda: not self.process.is_running, seconds=START_SECONDS)
        # After a SIGKILL its orphans keep the shared memory for a moment; a new server refuses to start beside them.
        if not wait_until(self._starts, seconds=START_SECONDS, interval=0.2):
            raise PostgresNotAvailable(f"the server did not start again: {self.process.log_since_start()[-500:]}")

    def _starts(self) -> bool:
        self.process.start()
        try:
            _wait_until_ready(self.process)
        except PostgresNotAvailable:
            return False
        return True


@contextmanager
def running_postgres(*, log_path: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of an empty PostgreSQL server on 127.0.0.1 that runs for as long as the block.

    Its data is in a temporary folder that is removed afterwards; its output goes to `log_path`.

    Raises PostgresNotAvailable with the reason when there is no binary or it does not start.
    """
    with running_server(log_path=log_path) as server:
        yield server.url


@contextmanager
def running_server(*, log_path: Path, settings: Mapping[str, str] = SERVER_SETTINGS) -> Iterator[PostgresServer]:
    """Do the same as `running_postgres`, and yield the server's process with its address."""
    binaries = find_postgres_binaries()
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="transferdesk-pg-", ignore_cleanup_errors=True) as folder:
        password = secrets.token_urlsafe(16)
        runner = make_cluster(binaries=binaries, folder=Path(folder), password=password)
        port = free_port()
        server = ChildProcess(
            name="postgres",
            command=[*runner.prefix, *_server_command(binaries, settings, folder=Path(folder), port=port)],
            log_path=log_path,
            user=runner.user,
            # "Immediate shutdown": the postmaster takes its own children with it.
            death_signal=signal.SIGQUIT,
        )
        server.start()
        try:
            _wait_until_ready(server)
            yield PostgresServer(f"postgres://postgres:{password}@{LOOPBACK}:{port}/postgres", server)
        finally:
            stop_children([server], seconds=5, first=signal.SIGINT)


def _server_command(binaries: Path, settings: Mapping[str, str], *, folder: Path, port: int) -> list[str]:
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    data, listen = str(folder / "data"), ["-h", LOOPBACK, "-p", str(port), "-k", str(folder)]
    return [str(binaries / "postgres"), "-D", data, *listen, *options]


def _wait_until_ready(server: ChildProcess) -> None:
    def is_ready_or_ended() -> bool:
        return not server.is_running or "ready to accept connections" in server.log_since_start()

    if not wait_until(is_ready_or_ended, seconds=START_SECONDS) or not server.is_running:
        raise PostgresNotAvailable(f"the server did not start: {server.log_since_start()[-500:]}")


def main() -> int:
    """Run the command of the arguments with the DATABASE_URL of a temporary server; return its exit code."""
    log_path = Path(os.environ.get("VAR_DIR") or tempfile.gettempdir()) / "postgres-server.log"
    with running_postgres(log_path=log_path) as url:
        return subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
