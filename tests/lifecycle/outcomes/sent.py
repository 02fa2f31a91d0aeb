"""A transfer that was sent half a minute ago, and the evidence about it: events and legs, timed from its sending."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.factories import make_transfer
from tests.posts import apply_post
from transfers.models import Transfer, TransferState
from transfers.tenios import CallRecord

TO = "+4922147105630"


def make_sent(state: str = TransferState.ACCEPTED, **overrides: Any) -> Transfer:
    sent_at = overrides.pop("sent_at", timezone.now() - timedelta(seconds=30))
    values = {
        "destination_type": "external_number",
        "destination": TO,
        "state": state,
        "sent_at": sent_at,
        "accepted_at": sent_at if state == TransferState.ACCEPTED else None,
        **overrides,
    }
    return make_transfer(**values)


def report(transfer: Transfer, request_type: str, *, after: float, target: str = TO) -> None:
    """Let TENIOS post an event of the call, so many seconds after the transfer was sent."""
    variables = {"forward_destination": target} if target else {}
    apply_post(
        request_type,
        call_uuid=transfer.call.call_uuid,
        received_at=moment(transfer, after),
        **variables,
    )


def leg(transfer: Transfer, **overrides: Any) -> CallRecord:
    """The record of the transfer's own leg, answered after five seconds."""
    values: dict[str, Any] = {
        "leg_uuid": "leg-1",
        "main_leg_uuid": transfer.call.call_uuid,
        "destination_type": transfer.destination_type,
        "is_inbound": False,
        "destination": transfer.destination,
        "started_at": moment(transfer, 1),
        "answered_at": moment(transfer, 6),
        "ended_at": moment(transfer, 20),
        "hangup_cause": "NORMAL_CLEARING",
        **overrides,
    }
    return CallRecord(**values)


def callers_leg(transfer: Transfer, *, ended_at: datetime | None) -> CallRecord:
    """The record of the caller's own leg."""
    return leg(
        transfer,
        leg_uuid=transfer.call.call_uuid,
        main_leg_uuid="",
        is_inbound=True,
        destination_type=None,
        ended_at=ended_at,
    )


def moment(transfer: Transfer, seconds: float) -> datetime:
    """Return the time so many seconds after the transfer was sent."""
    assert transfer.sent_at
    return transfer.sent_at + timedelta(seconds=seconds)


def minutes_ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def state_of(transfer: Transfer) -> str:
    transfer.refresh_from_db()
    return transfer.state


def make_two_sent() -> tuple[Transfer, Transfer]:
    """Two accepted transfers of one call to the same number, sent a minute apart."""
    second = make_sent()
    first_at = moment(second, -60)
    first = make_sent(call=second.call, sent_at=first_at, accepted_at=first_at)
    return first, second
