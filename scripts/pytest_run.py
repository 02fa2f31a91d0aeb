"""One run of pytest as a child process: its output kept or shown, its closing line known, and no hanging at the end."""

import re
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.child_process import ChildProcess, stop_children
from scripts.net import wait_until
from scripts.procfile import ROOT

# "===== 37 passed, 1 skipped in 5.30s =====", or without the frame when pytest runs with -q.
CLOSING_LINE = re.compile(r"^=* ?(?:no tests ran|\d+ [a-z]+(?:, \d+ [a-z]+)*) in [\d.]+s(?: \([\d:]+\))? ?=*$")
EXIT_SECONDS = 30  # a suite whose last word is said has this long to end


class PytestRun:
    """Pytest on one database. `name` is what people call the run."""

    def __init__(self, *, name: str, arguments: Sequence[str], env: Mapping[str, str], log_path: Path) -> None:
        self.name = name
        log_path.parent.mkdir(parents=True, exist_ok=True)
        log_path.write_bytes(b"")
        command = [sys.executable, "-m", "pytest", *arguments]
        self._child = ChildProcess(name=name, command=command, log_path=log_path, env=env, cwd=ROOT)
        self.problem = ""

    def start(self) -> None:
        """Start pytest."""
        self._child.start()

    @property
    def output(self) -> str:
        """Return everything pytest has printed so far."""
        return self._child.log()

    @property
    def closing_line(self) -> str:
        """Return pytest's own last word, or "" before it is said."""
        return next((line for line in reversed(self.output.splitlines()) if CLOSING_LINE.match(line)), "")

    @property
    def is_good(self) -> bool:
        """Say whether pytest ended by itself and with 0. No test chosen (5) is no failure of the code, but no proof."""
        return not self.problem and self._child.exit_code == 0

    def wait(self, *, seconds: float, show: bool) -> None:
        """Wait for the end, printing the output as it comes when `show` is set.

        A run that takes longer than `seconds`, or that has said its last word and does not end, is ended and counts as
        failed; `problem` then says so.
        """
        shower = threading.Thread(target=self._show_output, daemon=True)
        if show:
            shower.start()
        if not wait_until(self._is_at_its_end, seconds=seconds, interval=0.2):
            self.problem = f"{self.name}: not done after {seconds / 60:.0f} minutes; ended"
        elif not wait_until(lambda: not self._child.is_running, seconds=EXIT_SECONDS, interval=0.1):
            self.problem = f"{self.name}: pytest said its last word but did not end within {EXIT_SECONDS} s; ended"
        self.stop()
        if show:
            shower.join()

    def stop(self) -> None:
        """End pytest and everything it started."""
        stop_children([self._child], seconds=10, first=signal.SIGINT)

    def _is_at_its_end(self) -> bool:
        return not self._child.is_running or bool(self.closing_line)

    def _show_output(self) -> None:
        with self._child.log_path.open("rb") as log:
            while True:
                was_running = self._child.is_running
                while block := log.read(65536):
                    sys.stdout.buffer.write(block)
                    sys.stdout.flush()
                if not was_running:
                    return
                wait_until(lambda: not self._child.is_running, seconds=0.2)
