"""Reads the health with a time limit, for `/readyz`, `/metrics` and streams, which must not hang with the database."""

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

TIMEOUT_SECONDS = 2.0
"""The time limit of a read. Redis has shorter timeouts, so if there is no result by then, the database hangs."""

RECENT_SECONDS = 3.0
_TIMED_OUT = SystemHealth(is_database_ok=False, is_redis_ok=None)


class SharedHealth:
    """Reads on a thread of its own, one read at a time. All who ask during a read wait for its result.

    The thread ends after the read and closes its database connection.
    """

    def __init__(self, read: Callable[[], SystemHealth], *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._read_health = read
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._running: Future[SystemHealth] | None = None
        self._last: tuple[float, SystemHealth] | None = None

    def recent(self) -> SystemHealth | None:
        """Return the result of the last read, or None if it is more than 3 s old."""
        if self._last is None or time.monotonic() - self._last[0] > RECENT_SECONDS:
            return None
        return self._last[1]

    def read(self) -> SystemHealth:
        """Return the health. After the time limit, return one without the database."""
        try:
            return self._start().result(timeout=self._timeout_seconds)
        except TimeoutError:
            return _TIMED_OUT

    async def read_async(self) -> SystemHealth:
        """Do the same in an event loop, without a thread that waits."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asyncio.wrap_future(self._start())
        except TimeoutError:
            return _TIMED_OUT

    def _start(self) -> "Future[SystemHealth]":
        with self._lock:
            if self._running is None or self._running.done():
                self._running = Future()
                # A running future cannot be cancelled: one caller's timeout must not end the read for the others.
                self._running.set_running_or_notify_cancel()
                threading.Thread(target=self._run, args=(self._running,), name="health", daemon=True).start()
            return self._running

    def _run(self, running: "Future[SystemHealth]") -> None:
        try:
            try:
                health = self._read_health()
            finally:
                connections.close_all()  # the thread ends, and no other thread could use its connection
            self._last = time.monotonic(), health
            running.set_result(health)
        except Exception as error:
            running.set_exception(error)


shared_health = SharedHealth(partial(read_health, pings=2))
"""The one of this process. It pings Redis twice, so that one lost ping raises no alarm."""


def recent_health() -> SystemHealth:
    """Return the last result of this process if it is younger than 3 s, else read now without a time limit.

    For pages. While boards are open there is always a recent result, so a page does not wait even if Redis hangs. It
    skips the ping if the Redis queue has just failed, because the page has already waited for that.
    """
    return shared_health.recent() or read_health(pings=0 if redis_queue.queue.is_paused else 1)
