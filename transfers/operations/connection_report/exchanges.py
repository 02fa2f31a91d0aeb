"""The last answers of TENIOS as the audit log knows them, and what waits to be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction, TrailEntry
from transfers.models import Transfer, TransferState

LOOKS_BACK = timedelta(days=7)

_ANSWERS = (
    AuditAction.ACCESS_KEY_CHECKED,
    AuditAction.TRANSFER_ACCEPTED,
    AuditAction.TRANSFER_REJECTED,
    AuditAction.TRANSFER_NOT_SENT,
    AuditAction.TRANSFER_UNKNOWN,
    AuditAction.TRANSFER_NOT_EXECUTED,
)
_LOOKS_AT = 50
"""An outcome may be known by a post or a person: among so many entries there is an answer, if there was one lately."""


@dataclass(frozen=True)
class Exchange:
    """One question to TENIOS: when it was recorded (UTC), how long it took, its HTTP status, None without an answer.

    `is_key_refused`: a check of the access key was told no.
    """

    at: datetime
    seconds: float
    http_status: int | None
    is_key_refused: bool


@dataclass(frozen=True)
class Queue:
    """Requests that are due and not sent yet: how many, and since when the oldest is due (UTC; None without one)."""

    waiting: int
    oldest_at: datetime | None


def read_last_exchange() -> Exchange | None:
    """Return the last request that was made, a transfer or a check; None if there was none within seven days."""
    entries = audit_log.latest_entries(_ANSWERS, since_at=timezone.now() - LOOKS_BACK, most=_LOOKS_AT)
    return next((exchange for exchange in map(_exchange, entries) if exchange is not None), None)


def read_last_check() -> TrailEntry | None:
    """Return the entry of the last check of the access key, if there was one within seven days."""
    actions = [AuditAction.ACCESS_KEY_CHECKED]
    return next(iter(audit_log.latest_entries(actions, since_at=timezone.now() - LOOKS_BACK, most=1)), None)


def read_queue() -> Queue:
    """Return what is due and waits: for a worker, the sweeper, or the end of a pause."""
    due = Transfer.objects.filter(state=TransferState.REQUESTED, due_at__lte=Now())
    counted = due.aggregate(waiting=Count("pk"), oldest_at=Min("due_at"))
    return Queue(**counted)


def _exchange(entry: TrailEntry) -> Exchange | None:
    detail = entry.detail or {}
    answer = detail.get("answer") or {}
    if answer.get("seconds") is None:
        return None
    return Exchange(
        at=entry.entry.recorded_at,
        seconds=float(answer["seconds"]),
        http_status=answer.get("http_status"),
        is_key_refused=detail.get("result") == "refused",
    )
