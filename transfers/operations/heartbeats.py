"""Heartbeats of worker and sweeper, written and compared by the database's clock.

There is one row for each part, however many processes do its work: a fresh row means that at least one of them works.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import DateTimeField
from django.db.models.functions import Now

from transfers.models import Heartbeat

HEARTBEAT_SECONDS = 2.0
"""The interval between two heartbeats of a part that works."""

SILENT_AFTER_SECONDS = 10.0
"""A part with an older heartbeat counts as silent. Some heartbeats may be late or lost."""


class Part(StrEnum):
    """A part of the system that records heartbeats. The values are the keys of the rows."""

    WORKER = "worker"
    SWEEPER = "sweeper"


@dataclass(frozen=True)
class LastHeartbeat:
    """When a part recorded its last heartbeat (UTC), and how many seconds ago that was."""

    at: datetime
    age_seconds: float

    @property
    def is_fresh(self) -> bool:
        """Whether the part counts as working."""
        return self.age_seconds <= SILENT_AFTER_SECONDS


def record_heartbeat(part: Part) -> None:
    """Record in one statement that this part works. Raises what the database raises."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, beat_at=Now())],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["beat_at"],
    )


class HeartbeatTimer:
    """Records the heartbeats of a loop, at most one every 2 s however fast the loop runs."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._due = time.monotonic()

    def record_if_due(self) -> None:
        """Call after a successful iteration, so that a failing process sends no heartbeat."""
        if time.monotonic() >= self._due:
            record_heartbeat(self._part)
            self._due = time.monotonic() + HEARTBEAT_SECONDS


def last_heartbeats() -> dict[Part, LastHeartbeat | None]:
    """Return the last heartbeat of each part in one query; None for a part that never recorded one."""
    rows = Heartbeat.objects.annotate(read_at=Now(output_field=DateTimeField())).in_bulk(list(Part))
    # The absolute age: a heartbeat from the future (the clock was set back) proves as little as one from long ago.
    heartbeats = {
        part: LastHeartbeat(row.beat_at, abs((row.read_at - row.beat_at).total_seconds())) for part, row in rows.items()
    }
    return {part: heartbeats.get(part) for part in Part}
