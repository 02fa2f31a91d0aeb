"""Where the caller on the line was transferred to last."""

from dataclasses import dataclass
from datetime import datetime

from transfers.destination_policy import Identity
from transfers.models import Call, Transfer, TransferState


@dataclass(frozen=True)
class LastTime:
    """The destination that answered this caller last, and when the transfer was asked for (UTC)."""

    identity: Identity
    at: datetime


def last_time_of(call: Call) -> LastTime | None:
    """Return where an earlier call of the same caller went and was answered; None also for a withheld number.

    It tells nothing of who may know that destination: the picker shows it only where it would show it anyway.
    """
    if not call.caller_digest:
        return None
    answered = Transfer.objects.filter(call__caller_digest=call.caller_digest, state=TransferState.ANSWERED)
    rows = answered.exclude(call=call).order_by("-requested_at", "-id")
    latest = rows.values_list("destination_type", "destination", "requested_at").first()
    return LastTime(identity=(latest[0], latest[1]), at=latest[2]) if latest else None
