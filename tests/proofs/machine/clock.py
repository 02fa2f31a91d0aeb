"""A clock that moves only on request: for Python, for the database, and for measured durations.

With real time a run would not be the same twice, and Hypothesis could not make a failing one smaller.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db.models.functions import Now
from django.utils import timezone

from transfers.lifecycle import execution, recording

BEGIN = datetime(2026, 5, 4, 9, 0, 0, 123, tzinfo=UTC)


class Clock:
    """The time of one run."""

    def __init__(self) -> None:
        self.now = BEGIN

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Replace the time everywhere while the block runs."""

        def as_sql(_self: Now, _compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:
            cast = "::timestamptz" if connection.vendor == "postgresql" else ""
            return f"%s{cast}", [connection.ops.adapt_datetimefield_value(self.now)]

        stopwatch = SimpleNamespace(
            monotonic=lambda: (self.now - BEGIN).total_seconds(), sleep=lambda seconds: self.advance(seconds)
        )
        with ExitStack() as stack:
            stack.enter_context(patch.object(timezone, "now", lambda: self.now))
            stack.enter_context(patch.object(Now, "as_sqlite", as_sql))
            stack.enter_context(patch.object(Now, "as_postgresql", as_sql))
            stack.enter_context(patch.object(execution, "time", stopwatch))
            stack.enter_context(patch.object(recording, "time", stopwatch))
            yield
