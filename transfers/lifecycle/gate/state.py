"""Reads the gate: for pages, for the sweeper, and for conditions of other updates."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from transfers.models import SendingGate

LONGEST_PAUSE = timedelta(seconds=60)
"""Even if TENIOS asks for more: nobody waits longer than that before they transfer by phone."""

TOO_FAR = 2 * LONGEST_PAUSE
"""A pause that ends later than this from now was set by a clock that jumped, and is ignored."""


@dataclass(frozen=True, kw_only=True)
class GateState:
    """A snapshot of the gate at `read_at`. All times are UTC, by the clock of the database.

    `stop_code` is TENIOS' error code when it refused the key, or `HTTP 403` if there was none.
    """

    read_at: datetime
    stopped_at: datetime | None = None
    stop_code: str = ""
    refused_key_digest: str = ""
    paused_until_at: datetime | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether TENIOS refused the access key, and no check has shown since then that it accepts the key."""
        return self.stopped_at is not None

    @property
    def is_paused(self) -> bool:
        """Whether TENIOS asked us to wait and that time is not over."""
        until_at = self.paused_until_at
        return until_at is not None and self.read_at < until_at <= self.read_at + TOO_FAR

    @property
    def is_open(self) -> bool:
        """Whether requests may be sent."""
        return not self.is_stopped and not self.is_paused

    @property
    def pause_seconds_left(self) -> int:
        """Whole seconds until the pause is over, rounded up; 0 without one."""
        if self.paused_until_at is None or not self.is_paused:
            return 0
        return math.ceil((self.paused_until_at - self.read_at).total_seconds())


def read_gate() -> GateState:
    """Return the gate in one query that locks nothing."""
    row = SendingGate.objects.annotate(read_at=Now(output_field=DateTimeField()))
    values = row.values("read_at", "stopped_at", "stop_code", "refused_key_digest", "paused_until_at").first()
    return GateState(**values) if values else GateState(read_at=timezone.now())


def stopped() -> QuerySet[SendingGate]:
    """Return the row of the gate if sending is stopped: for `Exists` in the condition of an update."""
    return SendingGate.objects.filter(stopped_at__isnull=False)


def closed() -> QuerySet[SendingGate]:
    """Return the row of the gate if sending is stopped or paused: for `Exists` in the condition of an update."""
    is_paused = Q(paused_until_at__gt=Now(), paused_until_at__lte=Now() + TOO_FAR)
    return SendingGate.objects.filter(Q(stopped_at__isnull=False) | is_paused)
