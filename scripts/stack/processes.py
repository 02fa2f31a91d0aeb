"""Starts and ends the child processes of one system. Each has a log file of its name."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from scripts.child_process import ChildProcess, stop_children
from scripts.net import wait_until
from scripts.procfile import ROOT
from scripts.stack.parts import Addresses, did_not_start, part_command, wait_until_ready

PREPARE_SECONDS = 120
# A worker that is sending a transfer gives up after 6 s; one second more lets it store the result.
STOP_SECONDS = 7


class Processes:
    """The child processes by their names."""

    def __init__(
        self, log_dir: Path, env: Mapping[str, str], addresses: Addresses, simulator_args: Sequence[str]
    ) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir = log_dir
        self._env = env
        self._addresses = addresses
        self._simulator_args = simulator_args
        self._children: dict[str, ChildProcess] = {}

    def add(self, child: ChildProcess) -> None:
        """Add a process that is started by others: it will be ended with the rest."""
        self._children[child.name] = child

    def get(self, name: str) -> ChildProcess:
        """Return a process by its name; KeyError when it was not started."""
        return self._children[name]

    def all(self) -> Iterable[ChildProcess]:
        """Return all processes."""
        return self._children.values()

    def log_path(self, name: str) -> Path:
        """Return the log file of a process, whether it was started or not."""
        return self._log_dir / f"{name}.log"

    def prepare(self, *, password: str) -> None:
        """Migrate the database, collect the static files, load the demo. Raises StackDidNotStart."""
        child = self._create("prepare", [sys.executable, "-m", "scripts.stack.prepare"])
        child.env = {**self._env, "DEMO_PASSWORD": password}
        child.start()
        if not wait_until(lambda: not child.is_running, seconds=PREPARE_SECONDS) or child.exit_code:
            raise did_not_start(child)
        del self._children["prepare"]

    def start_together(self, names: Sequence[str]) -> None:
        """Start these processes and wait until all answer. Raises StackDidNotStart."""
        started = [self._create(name, part_command(name, self._addresses, self._simulator_args)) for name in names]
        for child in started:
            child.start()
        wait_until_ready(started, self._addresses)

    def start_again(self, name: str) -> None:
        """Start a process that has ended, and wait until it answers. Raises StackDidNotStart."""
        self._children[name].start()
        wait_until_ready([self._children[name]], self._addresses)

    def end(self, name: str) -> None:
        """End one process."""
        stop_children([self._children[name]], seconds=STOP_SECONDS)

    def stop(self) -> None:
        """End all: first those that use Redis and send to the simulator, then these two."""
        last = [self._children.pop(name) for name in ("simulator", "redis") if name in self._children]
        stop_children(list(self._children.values()), seconds=STOP_SECONDS)
        for child in last:
            stop_children([child], seconds=2)
        self._children.clear()

    def _create(self, name: str, command: Sequence[str]) -> ChildProcess:
        log_path = self.log_path(name)
        log_path.write_bytes(b"")
        self._children[name] = ChildProcess(name=name, command=command, log_path=log_path, env=self._env, cwd=ROOT)
        return self._children[name]
