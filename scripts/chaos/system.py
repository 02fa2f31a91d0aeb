"""The system of a run: the product's processes, its database, and the simulator behind a proxy."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.chaos.database import Database
from scripts.chaos.faults.tcp_proxy import TcpProxy
from scripts.chaos.history import Fault, History
from scripts.chaos.options import Options
from scripts.chaos.simulator import Simulator
from scripts.embedded_postgres import PostgresServer
from scripts.procfile import ROOT
from scripts.stack import Stack
from scripts.stack.parts import kind_of

UNDO_SECONDS = 0.3

Say = Callable[[str], None]


class System:
    """A system in `folder`. `server` is the PostgreSQL server of the database, if it is in one."""

    def __init__(
        self,
        *,
        options: Options,
        database_url: str,
        server: PostgresServer | None,
        folder: Path,
        history: History,
        say: Say,
    ) -> None:
        self._history = history
        self._say = say
        self.server = server
        self.database = Database(database_url)
        self.proxy = TcpProxy()
        self.stack = Stack(
            var_dir=folder,
            database_url=database_url,
            processes=options.processes,
            calls_per_minute=0,
            simulator_args=[f"--seed={options.seed}", "--no-answer-seconds=1.5", "--cdr-delay-seconds=1"],
            extra_env={
                "TRANSFER_UNDO_SECONDS": str(UNDO_SECONDS),
                "TRANSFER_LIMIT_PER_AGENT": "0",
                "TRANSFER_LIMIT_IN_ALL": "0",
                "TENIOS_BASE_URL": self.proxy.url,
            },
            say=self._hear,
        )

    @contextmanager
    def running(self) -> Iterator[Simulator]:
        """Run everything for as long as the block runs; yield the client of the simulator."""
        self.proxy.open(self.stack.addresses.simulator_port)
        try:
            with self.stack:
                simulator = Simulator(self.stack.simulator_url or "")
                yield simulator
                simulator.close()
        finally:
            self.proxy.close()

    def run_python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program with the settings of the system."""
        environment = self.stack.env | {"DEMO_PASSWORD": self.stack.password}
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    def _hear(self, message: str) -> None:
        """Print what the supervisor says. A worker that ended by itself, as Celery does without Redis, is a fault."""
        self._say(message)
        name = message.partition(" ")[0]
        if kind_of(name) == "worker" and " ended " in message and "signal 9" not in message:
            now = time.monotonic()
            self._history.add(Fault(target=name, kind="ended by itself", started_at=now - 1, ended_at=now))
