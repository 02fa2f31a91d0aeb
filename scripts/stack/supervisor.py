"""Starts a process again after it has ended by itself, with a growing pause (backoff)."""

import threading
import time
from collections.abc import Callable, Iterable

from scripts.child_process import ChildProcess

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0  # after so long a run the next pause is the first one again


class Supervisor:
    """Watches processes from a thread. `announce` is called with a message whenever one has ended."""

    def __init__(self, *, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._lock = threading.Lock()
        self._watched: dict[str, ChildProcess] = {}
        self._pauses: dict[str, float] = {}
        self._started_at: dict[str, float] = {}
        self._due_at: dict[str, float] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self, children: Iterable[ChildProcess]) -> None:
        """Watch these running processes from now on."""
        for child in children:
            self.keep_up(child)
        self._thread.start()

    def stop(self) -> None:
        """Start no process again from now on."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def keep_up(self, child: ChildProcess) -> None:
        """Start this process again whenever it ends."""
        with self._lock:
            self._watched[child.name] = child
            self._started_at[child.name] = time.monotonic()
            self._pauses[child.name] = FIRST_PAUSE_SECONDS

    def leave_down(self, child: ChildProcess) -> None:
        """Do not start this process again."""
        with self._lock:
            self._watched.pop(child.name, None)
            self._due_at.pop(child.name, None)

    def _watch(self) -> None:
        while not self._stopped.wait(0.1):
            with self._lock:
                for child in self._watched.values():
                    if not child.is_running:
                        self._restart_when_due(child)

    def _restart_when_due(self, child: ChildProcess) -> None:
        now, name = time.monotonic(), child.name
        if name not in self._due_at:
            if now - self._started_at[name] > STEADY_SECONDS:
                self._pauses[name] = FIRST_PAUSE_SECONDS
            self._due_at[name] = now + self._pauses[name]
            self._announce(f"{name} ended ({_ending(child)}); starting it again in {self._pauses[name]:g} s")
            self._pauses[name] = min(self._pauses[name] * 2, LONGEST_PAUSE_SECONDS)
        elif now >= self._due_at[name]:
            del self._due_at[name]
            self._started_at[name] = now
            child.start()


def _ending(child: ChildProcess) -> str:
    code = child.exit_code or 0
    return f"signal {-code}" if code < 0 else f"exit code {code}"
