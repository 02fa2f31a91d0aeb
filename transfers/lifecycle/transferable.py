"""Which calls a person may transfer, and what blocks another transfer of a call."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from transfers.lifecycle.refusals import CallNotConnected, CallNotFound, CallNotYours, TransferAlreadyOpen
from transfers.models import OPEN_STATES, Call, CallState, Transfer, TransferState, User

ACCEPTED_BLOCKS_FOR = timedelta(seconds=10)
"""How long an accepted transfer blocks the next one: TENIOS is just setting up the new leg."""


def transferable_call(*, user: User, call_uuid: str) -> Call:
    """Return the call if this person may transfer it: their own, one without an agent, or any for a supervisor.

    Raises `CallNotFound`, or `CallNotYours` for another agent's call. The state of the call is not checked.
    """
    return _permitted_call(Call.objects.select_related("agent"), user, call_uuid)


def lock_call(*, user: User, call_uuid: str) -> Call:
    """Return the same call as it is now, and let nobody else request a transfer of it until the commit.

    Without the lock another transfer could be requested, sent and settled between our checks and our commit.
    PostgreSQL locks the call's row. SQLite needs no row lock: its transactions begin IMMEDIATE.
    """
    return _permitted_call(Call.objects.select_for_update(no_key=True), user, call_uuid)


def blocking_transfer(call: Call, user: User) -> Transfer | None:
    """Return the transfer that blocks a new one: it is open, was accepted less than 10 s ago, or was answered.

    After an answer only the agent who received the call, or a supervisor, may transfer it again.
    """
    latest = call.transfers.select_related("call").moving()
    if latest is None or latest.state in OPEN_STATES:
        return latest
    if latest.state == TransferState.ACCEPTED and latest.accepted_at:
        return latest if latest.accepted_at > timezone.now() - ACCEPTED_BLOCKS_FOR else None
    may_transfer_again = user.has_perm("transfers.transfer_any_call") or latest.has_brought_call_to(user)
    return None if may_transfer_again else latest


def require_free(call: Call, user: User) -> None:
    """Raise `CallNotConnected` or `TransferAlreadyOpen` if this person may not transfer the call now."""
    if call.state != CallState.CONNECTED:
        raise CallNotConnected(call)
    blocking = blocking_transfer(call, user)
    if blocking is not None:
        raise TransferAlreadyOpen(blocking)


def _permitted_call(calls: QuerySet[Call], user: User, call_uuid: str) -> Call:
    # PostgreSQL answers a NUL in a text with an error.
    call = calls.filter(call_uuid=call_uuid).first() if call_uuid.isprintable() else None
    if call is None:
        raise CallNotFound
    if call.agent_id not in (None, user.pk) and not user.has_perm("transfers.transfer_any_call"):
        raise CallNotYours
    return call
