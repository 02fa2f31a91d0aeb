"""Signs of life: when worker and sweeper last showed that they do their work, all by the database's clock.

One row for a part, however many processes do it: the row says that at least one of them works.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import DateTimeField
from django.db.models.functions import Now

from transfers.models import Heartbeat

BEAT_SECONDS = 2.0
"""How often a part that works says so."""

SILENT_AFTER_SECONDS = 10.0
"""From when on a part counts as silent: a few beats may be late or lost."""


class Part(StrEnum):
    """Who gives a sign of life. The words are the rows' keys."""

    WORKER = "worker"
    SWEEPER = "sweeper"


@dataclass(frozen=True)
class Beat:
    """The last sign of life of a part: when it came (UTC), and how many seconds ago."""

    at: datetime
    age_seconds: float

    @property
    def is_fresh(self) -> bool:
        """Whether it is young enough to believe that the part still works."""
        return self.age_seconds <= SILENT_AFTER_SECONDS


def beat(part: Part) -> None:
    """Write down that this part does its work, in one statement. Raises what the database raises."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, beat_at=Now())],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["beat_at"],
    )


class Pulse:
    """Beats for a part that works in a loop: at most every 2 s, however fast the loop goes."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._due = time.monotonic()

    def beat_if_due(self) -> None:
        """Beat unless the last beat is younger. For after the work, so that who cannot do it does not beat."""
        if time.monotonic() >= self._due:
            beat(self._part)
            self._due = time.monotonic() + BEAT_SECONDS


def last_beats() -> dict[Part, Beat | None]:
    """Return the last sign of life of each part in one query; None for a part that never gave one."""
    rows = Heartbeat.objects.annotate(read_at=Now(output_field=DateTimeField())).in_bulk(list(Part))
    # A beat from the future, after a clock jumped back, is as hard to believe as one from as long ago.
    beats = {part: Beat(row.beat_at, abs((row.read_at - row.beat_at).total_seconds())) for part, row in rows.items()}
    return {part: beats.get(part) for part in Part}


def ages() -> dict[Part, float | None]:
    """Return for each part how many seconds ago it gave its last sign of life; None for never."""
    return {part: beat.age_seconds if beat else None for part, beat in last_beats().items()}
