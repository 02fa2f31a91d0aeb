"""A child process with a process group and a log file of its own, which always ends when its parent ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

RUN_CHILD = Path(__file__).resolve().parent / "run_child.py"
# Linux binds the death signal of a child to the *thread* that started it. This thread lives as long as the process, so
# that a child that a short-lived thread starts is not killed.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")


@dataclass
class ChildProcess:
    """One program. `log_path` takes its output, `user` is the account it runs as, `death_signal` ends an orphan."""

    name: str
    command: Sequence[str]
    log_path: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    user: str | None = None
    death_signal: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)

    def start(self) -> None:
        """Start the program; its output is appended to its log."""
        self._log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        _starter.submit(self._start_here).result()

    def _start_here(self) -> None:
        wrapper = [sys.executable, "-I", "-S", str(RUN_CHILD), str(os.getpid()), str(int(self.death_signal))]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, self.user or "-", *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id; LookupError when it was never started."""
        if self.process is None:
            raise LookupError(f"{self.name} was not started")
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code, or minus the signal that ended it; None while it runs or when it was never started."""
        return None if self.process is None else self.process.poll()

    def log(self) -> str:
        """Return its whole log, earlier runs included."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_since_start(self) -> str:
        """Return its log since the last start."""
        return self.log_path.read_bytes()[self._log_start :].decode(errors="replace") if self.log_path.exists() else ""

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the program and to all processes it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def stop_children(children: Sequence[ChildProcess], *, seconds: float, first: signal.Signals = signal.SIGTERM) -> None:
    """End children together: send `first`, and after `seconds` SIGKILL to those that still run."""
    running = [child for child in children if child.is_running]
    for child in running:
        child.signal_group(first)
    deadline = time.monotonic() + seconds
    while any(child.is_running for child in running) and time.monotonic() < deadline:
        time.sleep(0.02)
    for child in children:
        if child.process is not None:
            child.signal_group(signal.SIGKILL)  # also for processes that an ended child has left behind
            child.process.wait(timeout=5)
