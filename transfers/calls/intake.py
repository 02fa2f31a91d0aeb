"""Stores the posts of TENIOS one after the other, and goes on trying for a while when the database does not take them.

TENIOS is not known to send a post twice, so one that is given up is lost. A burst only makes a line: a post is given up
when the database has taken no post at all for 3 s since it came, or when too many stand in the line already.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections
from django.utils import timezone

from transfers.base.database import DATABASE_TROUBLE, lock_wait_limited_to
from transfers.calls import events
from transfers.models import CallEvent
from transfers.tenios import CallEvent as PostedEvent

logger = logging.getLogger(__name__)

GIVE_UP_SECONDS = 3.0
PAUSE_SECONDS = 0.2

AT_ONCE = 4
"""How many posts are stored at the same time; more would only stand in each other's way, and take connections."""

LONGEST_LINE = 1000
"""How many posts may be here at all: each holds a thread of the web process, and about 0.1 MB."""


class NotStored(Exception):
    """The database did not take the post in time, or too many were waiting; the text says which."""


class Intake:
    """The line of one process."""

    def __init__(self, *, longest_line: int = LONGEST_LINE, give_up_seconds: float = GIVE_UP_SECONDS) -> None:
        self._line = threading.BoundedSemaphore(longest_line)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._give_up_seconds = give_up_seconds
        self._last_stored = 0.0

    def store(self, posted: PostedEvent) -> CallEvent:
        """Store and apply one post; return the stored row. Raises `NotStored`."""
        came, received_at = time.monotonic(), timezone.now()
        trouble = "no turn"
        with self._place_in_line():
            while (left := max(came, self._last_stored) + self._give_up_seconds - time.monotonic()) > 0:
                if not self._turns.acquire(timeout=left):
                    continue
                try:
                    with lock_wait_limited_to(left):
                        event = events.apply_call_event(posted, received_at=received_at)
                except DATABASE_TROUBLE as error:
                    trouble = error.__class__.__name__
                    close_old_connections()
                else:
                    self._last_stored = time.monotonic()
                    return event
                finally:
                    self._turns.release()
                time.sleep(PAUSE_SECONDS)
        raise NotStored(f"given up after {time.monotonic() - came:.1f} s: {trouble}")

    @contextmanager
    def _place_in_line(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise NotStored("too many are waiting")
        try:
            yield
        finally:
            self._line.release()


intake = Intake()
"""The line of this process."""
