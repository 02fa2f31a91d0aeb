"""What a person may ask of a transfer: request it, hurry it, take it back, say what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination
from transfers.lifecycle import deadlines, doorbell, limits, states
from transfers.lifecycle import gate as sending_gate
from transfers.lifecycle.gate import GateState
from transfers.lifecycle.refusals import RequestRefused
from transfers.live import publishing
from transfers.models import (
    OPEN_STATES,
    Approval,
    Call,
    CallState,
    Destination,
    DestinationType,
    ResolvedBy,
    Transfer,
    TransferState,
    User,
)

ACCEPTED_HOLDS_CALL_FOR = timedelta(seconds=10)
"""After TENIOS accepted, the call takes no further transfer for this long: its new leg is just being set up."""

RESOLVE_AFTER = timedelta(seconds=10)
"""How long after sending a person's word on an unclear outcome is first taken: before, the caller may yet be moved."""


class CallNotFound(Exception):
    """There is no such call, or it is not one this person may see."""


class CallNotYours(CallNotFound):
    """The call belongs to another agent."""


class RightLost(Exception):
    """The agent for whom a transfer is requested may not transfer calls any more."""


class CallNotConnected(RequestRefused):
    """TENIOS transfers only calls that were forwarded and answered; `call` says what this one is."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.state)
        self.call = call


class TransferAlreadyOpen(RequestRefused):
    """The call has a transfer that is not settled yet; `transfer` says whose and where to."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(str(transfer.pk))
        self.transfer = transfer


class SendingClosed(RequestRefused):
    """Nothing may leave for TENIOS now; `gate` says whether sending is stopped or paused, and for how long."""

    def __init__(self, gate: GateState) -> None:
        super().__init__(gate.stop_code)
        self.gate = gate


class DestinationNotInDirectory(RequestRefused):
    """The directory does not hold what was chosen from it: it was changed, switched off, or is not for this person."""


class TransferNotFound(Exception):
    """There is no such transfer, or it is not this person's to act on."""


class TooEarlyToTell(Exception):
    """The request left a moment ago: whether the caller is gone cannot be known yet."""


@dataclass(frozen=True)
class Agreement:
    """A supervisor's word that one transfer may go where the policy alone would not let it."""

    approval: Approval
    by: User


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a person asks for, in any spelling; `agreement` is there for what a supervisor has agreed to."""

    user: User
    call_uuid: str
    destination_type: str
    address: str
    note: str
    request_key: UUID
    destination_id: int | None = None
    agreement: Agreement | None = None


def transferable_call(*, user: User, call_uuid: str) -> Call:
    """Return the call if this person may transfer it: their own, nobody's yet, or any for a supervisor.

    Raises `CallNotFound`, or `CallNotYours` for another agent's call. Whether it is connected is checked on request.
    """
    return _theirs(Call.objects.select_related("agent"), user, call_uuid)


def holding_transfer(call: Call, user: User) -> Transfer | None:
    """Return the transfer that keeps this person from asking for another one of the call, if there is one.

    An open one, one that TENIOS has just accepted, or one whose destination answered: then the caller talks to somebody
    else, and only whom the call came to, or a supervisor, moves them on.
    """
    moving = call.transfers.select_related("call").moving()
    if moving is None or moving.state in OPEN_STATES:
        return moving
    if moving.state == TransferState.ACCEPTED and moving.accepted_at:
        return moving if moving.accepted_at > timezone.now() - ACCEPTED_HOLDS_CALL_FOR else None
    may_move_on = user.has_perm("transfers.transfer_any_call") or moving.has_brought_call_to(user)
    return None if may_move_on else moving


def request_transfer(
    *,
    user: User,
    call_uuid: str,
    destination_type: str,
    address: str,
    note: str,
    request_key: UUID,
    destination_id: int | None = None,
) -> Transfer:
    """Commit one transfer with its audit entry, and ring a worker for the end of the grace.

    `destination_id` is the directory's, when the address was chosen from there and not typed. The same `request_key`
    again returns the same transfer. Raises `CallNotFound`, `CallNotConnected`, `TransferAlreadyOpen`, `SendingClosed`,
    `DestinationRefused`, `DestinationNotInDirectory` or `TooManyTransfers`.
    """
    return _request(
        _Asked(
            user=user,
            call_uuid=call_uuid,
            destination_type=destination_type,
            address=address,
            note=note,
            request_key=request_key,
            destination_id=destination_id,
        )
    )


def request_agreed_transfer(approval: Approval, *, agreed_by: User) -> Transfer:
    """Request for its agent what a supervisor has agreed to: region, type and limits count no more, all else does.

    Raises what `request_transfer` raises, and `RightLost` when the agent may not transfer calls any more.
    """
    if not approval.agent.has_perm("transfers.request_transfer"):
        raise RightLost
    return _request(
        _Asked(
            user=approval.agent,
            call_uuid=approval.call.call_uuid,
            destination_type=approval.destination_type,
            address=approval.destination,
            note=approval.note,
            request_key=approval.request_key,
            agreement=Agreement(approval, agreed_by),
        )
    )


def _request(asked: _Asked) -> Transfer:
    """Commit the transfer, or return the one that the same form has made before.

    The form is looked up only after a refusal. If its first click has made a transfer, something always refuses the
    second click: the open transfer, whatever changed since, or the unique constraint of `request_key`.
    """
    try:
        return _request_once(asked)
    except (RequestRefused, DestinationRefused, IntegrityError):
        transfer = _transfer_of_same_form(asked)
        if transfer is None:
            raise
        return transfer


def _request_once(asked: _Asked) -> Transfer:
    checked = check_destination(
        destination_type=asked.destination_type, address=asked.address, is_agreed=asked.agreement is not None
    )
    names = _directory_names(asked.user, checked)
    gate = sending_gate.read_gate()
    with transaction.atomic():
        call = _held(asked.user, asked.call_uuid)
        _refuse_unless_free(call, asked.user)
        _refuse_while_closed(gate)
        _require_still_there(names, asked.destination_id)
        transfer = _commit(asked, call=call, checked=checked, name=next(iter(names.values()), ""))
    transfer.refresh_from_db()
    return transfer


def _transfer_of_same_form(asked: _Asked) -> Transfer | None:
    """Return what the form has made before. Raises `TransferAlreadyOpen` if that was a transfer of another call."""
    transfer = Transfer.objects.filter(agent=asked.user, request_key=asked.request_key).first()
    if transfer is not None and transfer.call_id != transferable_call(user=asked.user, call_uuid=asked.call_uuid).pk:
        raise TransferAlreadyOpen(transfer)
    return transfer


def send_transfer_now(*, user: User, transfer_id: int) -> Transfer:
    """End the grace: due now. What has moved on is returned as it is, and so is what may not leave now: its time would
    only run out earlier. Raises `TransferNotFound`.
    """
    with transaction.atomic():
        moved = states.move_transfer(
            transfer_id,
            states.SEND_NOW,
            actor=str(user.pseudonym),
            where=Q(agent=user, due_at__gt=Now()) & Q(~Exists(sending_gate.closed())),
            changes={"due_at": Now()},
            detail={"actor_name": user.display_name},
        )
        if moved:
            transaction.on_commit(lambda: doorbell.enqueue_transfer(transfer_id), robust=True)
    return moved or _own_transfer(user, transfer_id)


def cancel_transfer(*, user: User, transfer_id: int) -> Transfer:
    """Take back what has not left. The caller reads from the returned state whether it was in time."""
    moved = states.move_transfer(
        transfer_id,
        states.CANCEL,
        actor=str(user.pseudonym),
        where=Q(agent=user),
        detail={"actor_name": user.display_name},
    )
    return moved or _own_transfer(user, transfer_id)


def resolve_transfer(*, user: User, transfer_id: int, is_caller_still_here: bool) -> Transfer:
    """Settle an unclear outcome by the word of a person: still here means not executed, gone means accepted.

    Raises `TransferNotFound`, or `TooEarlyToTell` within 10 s of sending.
    """
    may_any = user.has_perm("transfers.view_all_transfers")
    transfer = Transfer.objects.filter(pk=transfer_id).first() if may_any else _own_transfer(user, transfer_id)
    if transfer is None:
        raise TransferNotFound
    if transfer.sent_at and transfer.sent_at > timezone.now() - RESOLVE_AFTER:
        raise TooEarlyToTell
    if transfer.state == TransferState.SENDING:  # the page showed it as unclear already: its lease is over
        deadlines.release_lost_claim(transfer_id, actor=str(user.pseudonym))
    moved = states.move_transfer(
        transfer_id,
        states.CONFIRM_NOT_EXECUTED if is_caller_still_here else states.ACCEPT,
        actor=str(user.pseudonym),
        where=Q(state=TransferState.UNKNOWN),
        changes={"resolved_by": ResolvedBy.PERSON} | ({} if is_caller_still_here else {"accepted_at": Now()}),
        detail={
            "actor_name": user.display_name,
            "evidence": {"source": "person", "caller_still_here": is_caller_still_here},
        },
    )
    return moved or Transfer.objects.get(pk=transfer_id)


def dismiss_transfer(*, user: User, transfer_id: int) -> Transfer:
    """Close a transfer on its agent's card; what is on its way stays open. Raises `TransferNotFound`."""
    on_the_way = [TransferState.REQUESTED, TransferState.SENDING]
    own = Transfer.objects.filter(pk=transfer_id, agent=user)
    own.exclude(state__in=on_the_way).update(dismissed_at=Now())
    return _own_transfer(user, transfer_id)


def _commit(asked: _Asked, *, call: Call, checked: CheckedDestination, name: str) -> Transfer:
    grace = timedelta(seconds=settings.TRANSFER_UNDO_SECONDS)
    user, agreement = asked.user, asked.agreement
    transfer = Transfer.objects.create(
        call=call,
        agent=user,
        agent_name=user.display_name,
        destination_type=checked.destination_type,
        destination=checked.address,
        destination_name=name,
        note=asked.note,
        request_key=asked.request_key,
        requested_at=Now(),
        due_at=Now() + grace,
        approval=agreement.approval if agreement else None,
    )
    audit_log.record(
        actor=str(user.pseudonym),
        action=AuditAction.TRANSFER_REQUESTED,
        transfer_id=transfer.pk,
        call_id=call.pk,
        outcome=TransferState.REQUESTED,
        detail=_requested_detail(user, call, checked, name, asked.note) | _agreed_detail(agreement),
    )
    if agreement is None and checked.destination_type == DestinationType.EXTERNAL_NUMBER:
        limits.require_within_limits(agent_id=user.pk)
    # The worker before the boards: one thread tells both, in this order.
    transaction.on_commit(
        lambda: doorbell.enqueue_transfer(transfer.pk, delay_seconds=grace.total_seconds()), robust=True
    )
    publishing.publish_on_commit(call_id=call.pk, user_ids={user.pk, call.agent_id})
    return transfer


def _requested_detail(user: User, call: Call, checked: CheckedDestination, name: str, note: str) -> dict[str, Any]:
    return {
        "actor_name": user.display_name,
        "caller_number": call.caller_number,
        "called_number": call.called_number,
        "call_uuid": call.call_uuid,
        "destination_type": checked.destination_type,
        "destination": checked.address,
        "destination_name": name,
        "note": note,
        "grace_seconds": settings.TRANSFER_UNDO_SECONDS,
    }


def _agreed_detail(agreement: Agreement | None) -> dict[str, Any]:
    if agreement is None:
        return {}
    return {"approval_id": agreement.approval.pk, "agreed_by": agreement.by.display_name}


def _directory_names(user: User, checked: CheckedDestination) -> dict[int, str]:
    """Return by its id the name of each entry with this address that the person may use, their own first."""
    usable = Destination.objects.active().visible_to(user)
    same = usable.filter(destination_type=checked.destination_type, address=checked.address)
    return {found.pk: found.name for found in same.order_by(F("owner").asc(nulls_last=True))}


def _require_still_there(names: Mapping[int, str], destination_id: int | None) -> None:
    """Refuse an entry of the directory that this person may not use (any more), or that has another address now."""
    if destination_id is not None and destination_id not in names:
        raise DestinationNotInDirectory


def _refuse_unless_free(call: Call, user: User) -> None:
    if call.state != CallState.CONNECTED:
        raise CallNotConnected(call)
    holding = holding_transfer(call, user)
    if holding is not None:
        raise TransferAlreadyOpen(holding)


def _held(user: User, call_uuid: str) -> Call:
    """Return the call as it is now, if this person may transfer it; until the commit nobody else can commit one of it.

    Whole transfers could come and go between a look without this and the commit: on PostgreSQL this row's lock prevents
    it, on SQLite the transaction, which began IMMEDIATE.
    """
    return _theirs(Call.objects.select_for_update(no_key=True), user, call_uuid)


def _theirs(calls: QuerySet[Call], user: User, call_uuid: str) -> Call:
    # PostgreSQL refuses a NUL with an error.
    call = calls.filter(call_uuid=call_uuid).first() if call_uuid.isprintable() else None
    if call is None:
        raise CallNotFound
    if call.agent_id not in (None, user.pk) and not user.has_perm("transfers.transfer_any_call"):
        raise CallNotYours
    return call


def _refuse_while_closed(gate: GateState) -> None:
    if not gate.is_open:
        raise SendingClosed(gate)


def _own_transfer(user: User, transfer_id: int) -> Transfer:
    transfer = Transfer.objects.filter(pk=transfer_id, agent=user).first()
    if transfer is None:
        raise TransferNotFound
    return transfer
