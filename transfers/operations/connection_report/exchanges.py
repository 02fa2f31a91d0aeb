"""The last request to TENIOS, read from the audit log, and the requests that wait to be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction, TrailEntry
from transfers.models import Transfer, TransferState

REPORTED_PERIOD = timedelta(days=7)

_ANSWERS = (
    AuditAction.ACCESS_KEY_CHECKED,
    AuditAction.TRANSFER_ACCEPTED,
    AuditAction.TRANSFER_REJECTED,
    AuditAction.TRANSFER_NOT_SENT,
    AuditAction.TRANSFER_UNKNOWN,
    AuditAction.TRANSFER_NOT_EXECUTED,
)
_MOST_ENTRIES = 50
"""Not every such entry comes from an answer, because call events and people settle transfers as well."""


@dataclass(frozen=True)
class Exchange:
    """One request to TENIOS: when it was recorded (UTC), how long it took, its HTTP status (None without an answer).

    `is_key_refused`: it was a check of the access key, and TENIOS refused the key.
    """

    at: datetime
    seconds: float
    http_status: int | None
    is_key_refused: bool


@dataclass(frozen=True)
class Queue:
    """The requests that are due and not sent yet: their number, and when the oldest became due (UTC or None)."""

    waiting: int
    oldest_at: datetime | None


def read_last_exchange() -> Exchange | None:
    """Return the last request, a transfer or a check of the key; None if there was none within seven days."""
    entries = audit_log.latest_entries(_ANSWERS, since_at=timezone.now() - REPORTED_PERIOD, most=_MOST_ENTRIES)
    return next((exchange for exchange in map(_exchange, entries) if exchange is not None), None)


def read_last_check() -> TrailEntry | None:
    """Return the audit entry of the last check of the access key; None if there was none within seven days."""
    actions = [AuditAction.ACCESS_KEY_CHECKED]
    return next(iter(audit_log.latest_entries(actions, since_at=timezone.now() - REPORTED_PERIOD, most=1)), None)


def read_queue() -> Queue:
    """Return the requests that are due and wait for a worker, the sweeper, or the end of a pause."""
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
