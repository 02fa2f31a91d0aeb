"""Stores call events as they arrive, and retries for a few seconds while the database refuses.

TENIOS is not known to repeat a call event, so an event that we give up is lost. In a burst, events wait for each other.
An event is given up only if the database has stored no event at all for 3 s, or if too many are waiting.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from transfers.base.database import DATABASE_TROUBLE, lock_wait_limited_to
from transfers.calls import events
from transfers.models import CallEvent
from transfers.tenios import CallEvent as PostedEvent

logger = logging.getLogger(__name__)

GIVE_UP_SECONDS = 3.0
PAUSE_SECONDS = 0.2
"""The pause between two attempts to store an event."""

AT_ONCE = 4
"""How many events are stored at the same time. More would only wait for each other's locks and take connections."""

MOST_WAITING = 1000
"""How many events may be in the process at all: each takes a thread and about 0.1 MB."""


class NotStored(Exception):
    """The database did not take the event in time, or too many events were waiting. The text says which."""


class Intake:
    """Limits how many events one process stores at the same time, and how many may wait."""

    def __init__(self, *, most_waiting: int = MOST_WAITING, give_up_seconds: float = GIVE_UP_SECONDS) -> None:
        self._places = threading.BoundedSemaphore(most_waiting)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._give_up_seconds = give_up_seconds
        self._last_stored = 0.0

    def store(self, posted: PostedEvent) -> CallEvent:
        """Store and apply one event; return the stored row. Raises `NotStored`."""
        arrived, received_at = time.monotonic(), timezone.now()
        problem = "no turn"
        with self._place():
            while (seconds_left := self._seconds_left(arrived)) > 0:
                if not self._turns.acquire(timeout=seconds_left):
                    continue
                try:
                    return self._attempt(posted, received_at, seconds_left)
                except DATABASE_TROUBLE as error:
                    problem = error.__class__.__name__
                    close_old_connections()
                finally:
                    self._turns.release()
                time.sleep(PAUSE_SECONDS)
        raise NotStored(f"given up after {time.monotonic() - arrived:.1f} s: {problem}")

    def _seconds_left(self, arrived: float) -> float:
        """Every event that the database stores prolongs the time for all events that wait."""
        return max(arrived, self._last_stored) + self._give_up_seconds - time.monotonic()

    def _attempt(self, posted: PostedEvent, received_at: datetime, seconds: float) -> CallEvent:
        with lock_wait_limited_to(seconds):
            event = events.apply_call_event(posted, received_at=received_at)
        self._last_stored = time.monotonic()
        return event

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise NotStored("too many are waiting")
        try:
            yield
        finally:
            self._places.release()


_intake = Intake()
"""One for each process."""


def store_call_event(posted: PostedEvent) -> CallEvent:
    """Store and apply one event in this process; return the stored row. Raises `NotStored`."""
    return _intake.store(posted)
