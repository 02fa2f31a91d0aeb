"""Looks for those who must not hang when the database does: `/readyz`, `/metrics` and the boards' streams."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from django.db import connections

from transfers.base import redis_queue
from transfers.operations.health.condition import SystemHealth
from transfers.operations.health.reading import read_health

LOOK_SECONDS = 2.0
"""How long a look is waited for. Redis is bounded, so what has not answered by then is the database."""

LATELY_SECONDS = 3.0
_CUT_SHORT = SystemHealth(is_database_ok=False, is_redis_ok=None)


class Lookout:
    """Looks on a thread of its own, one look at a time for all who ask meanwhile, and lets nobody wait for long.

    The thread gives its connection back after each look.
    """

    def __init__(self, read: Callable[[], SystemHealth], *, seconds: float = LOOK_SECONDS) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = threading.Lock()
        self._looking: Future[SystemHealth] | None = None
        self._seen: tuple[float, SystemHealth] | None = None

    def seen_lately(self) -> SystemHealth | None:
        """Return what the last look saw, or None if that is more than 3 s ago."""
        if self._seen is None or time.monotonic() - self._seen[0] > LATELY_SECONDS:
            return None
        return self._seen[1]

    def look(self) -> SystemHealth:
        """Return what is seen within the time; where that was too short, the database is away."""
        try:
            return self._begin().result(timeout=self._seconds)
        except TimeoutError:
            return _CUT_SHORT

    async def look_from_loop(self) -> SystemHealth:
        """Do the same in an event loop: no thread is held for the waiting."""
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(self._begin())
        except TimeoutError:
            return _CUT_SHORT

    def _begin(self) -> "Future[SystemHealth]":
        with self._lock:
            if self._looking is None or self._looking.done():
                self._looking = Future()
                self._looking.set_running_or_notify_cancel()  # who gives up waiting ends it for nobody else
                threading.Thread(target=self._look, args=(self._looking,), name="lookout", daemon=True).start()
            return self._looking

    def _look(self, looking: "Future[SystemHealth]") -> None:
        try:
            try:
                health = self._read()
            finally:
                connections.close_all()  # the thread ends: nobody else could use what it kept
            self._seen = time.monotonic(), health
            looking.set_result(health)
        except Exception as error:
            looking.set_exception(error)


lookout = Lookout(partial(read_health, pings=2))
"""The one of this process. One missed ping is no news to it: Redis is asked twice."""


def recent_health() -> SystemHealth:
    """Return what this process has seen within 3 s, as it does while boards are open; else look now, unbounded.

    For pages: it costs them nothing, not even the wait for a Redis that hangs, nor a second wait where the page has had
    one already.
    """
    return lookout.seen_lately() or read_health(pings=0 if redis_queue.queue.is_paused else 1)
