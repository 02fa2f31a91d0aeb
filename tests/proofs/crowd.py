"""Threads that all start at the same moment, each with its own database connection."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")

PATIENCE_SECONDS = 60.0


def all_at_once(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all actions at the same time. Return their results in order; raise what one of them raises."""
    barrier = threading.Barrier(len(actions))

    def act(action: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()  # before the barrier: the race is for the row, not for the way there
            barrier.wait(PATIENCE_SECONDS)
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(actions)) as pool:
        return list(pool.map(act, actions))
