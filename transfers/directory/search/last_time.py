"""The last destination of the caller."""

from dataclasses import dataclass
from datetime import datetime

from transfers.destination_policy import Identity
from transfers.models import Call, Transfer, TransferState


@dataclass(frozen=True)
class LastTime:
    """The destination that last answered this caller, and when that transfer was requested (UTC)."""

    identity: Identity
    at: datetime


def last_time_of(call: Call) -> LastTime | None:
    """Return the destination that answered an earlier call of the same caller. None for a withheld number.

    It does not check who may see that destination. The picker shows it only if this agent may see it anyway.
    """
    if not call.caller_digest:
        return None
    answered = Transfer.objects.filter(call__caller_digest=call.caller_digest, state=TransferState.ANSWERED)
    rows = answered.exclude(call=call).order_by("-requested_at", "-id")
    latest = rows.values_list("destination_type", "destination", "requested_at").first()
    return LastTime(identity=(latest[0], latest[1]), at=latest[2]) if latest else None
