"""Actions at a later time: the interface that the exchange needs, and a thread that implements it."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Timer:
    """One action at a later time. It does not run if `cancel()` is called before."""

    action: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Cancel the action; nothing happens if it has run already."""
        self.is_cancelled = True


class Scheduler(Protocol):
    """Clock and timers: real ones in the server, controlled ones in tests."""

    def monotonic(self) -> float:
        """Return the seconds of a monotonic clock."""

    def utc_now(self) -> datetime:
        """Return the time in UTC."""

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run `action` once, `seconds` from now."""


class ThreadScheduler:
    """A heap of timers and one thread that runs them when they are due."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="simulator-scheduler", daemon=True)

    def monotonic(self) -> float:
        """Return the seconds of a monotonic clock."""
        return time.monotonic()

    def utc_now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC)

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Run `action` once on the scheduler's thread, `seconds` from now."""
        timer = Timer(action)
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + max(seconds, 0.0), next(self._order), timer))
            self._changed.notify()
        return timer

    def start(self) -> None:
        """Start running timers."""
        self._thread.start()

    def stop(self) -> None:
        """Run no further timer. Wait for the thread, at most half a second."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def _run(self) -> None:
        while (timer := self._wait_for_timer()) is not None:
            try:
                if not timer.is_cancelled:
                    timer.action()
            except Exception:
                logger.exception("A planned step of the simulator failed.")

    def _wait_for_timer(self) -> Timer | None:
        with self._changed:
            while not self._is_stopped:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)
        return None
