"""Evidence from the events of TENIOS: forwards that start after a transfer was sent, and the end of the call."""

from collections.abc import Iterable
from itertools import dropwhile, takewhile
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.base.phone_numbers import is_same_address
from transfers.lifecycle import states
from transfers.lifecycle.outcomes.evidence import evidence_of_event
from transfers.lifecycle.outcomes.settling import (
    DENIED,
    awaiting_outcome,
    cancel_requested,
    contradict,
    next_sent_at,
    settle,
)
from transfers.models import Call, CallEvent, CallState, CancelReason, Transfer, TransferState
from transfers.tenios import CallEventKind


def follow_call_event(call: Call, event: CallEvent) -> set[int | None]:
    """Apply a stored event to the unsettled transfers of its call; runs in the transaction that stores the event.

    The end of the routing plan cancels what was not sent, and proves nothing about what was. Returns the ids of the
    agents of these transfers.
    """
    # Lock the rows before the audit log, as all writers do: two orders would be a deadlock on PostgreSQL.
    candidates = call.transfers.unsettled() | call.transfers.filter(DENIED)
    locked = list(candidates.select_for_update().order_by("pk"))
    denied = [transfer for transfer in locked if transfer.state == TransferState.NOT_EXECUTED]
    unsettled = [transfer for transfer in locked if transfer not in denied]
    if event.kind == CallEventKind.CALL_ENDED and any(each.state == TransferState.REQUESTED for each in unsettled):
        cancel_requested(call, reason=CancelReason.CALL_ENDED, evidence=evidence_of_event(event))
    for transfer in unsettled:
        if transfer.sent_at:
            settle_from_events(transfer.pk)
            _record_progress(transfer, event)
    for transfer in denied:
        if event in _forwards_of(transfer) and _is_about(event, transfer):
            contradict(transfer, actor="tenios", detail={"evidence": evidence_of_event(event)})
    return {transfer.agent_id for transfer in unsettled}


def settle_from_events(transfer_id: int) -> None:
    """Settle a transfer by the forwards that started after it was sent; safe to repeat.

    A forward to this destination is the leg of this transfer, and so is one without a target after TENIOS accepted.
    If its leg is answered, the transfer was answered. If the call is forwarded to somebody else first, it was not.
    """
    transfer = awaiting_outcome(Q(pk=transfer_id)).first()
    if transfer is None:
        return
    since_leg = list(dropwhile(lambda event: not _starts_leg(event, transfer), _forwards_of(transfer)))
    if not since_leg:
        return
    end = next((event for event in since_leg[1:] if _ends_wait(event, transfer)), None)
    leg = _last_start(takewhile(lambda event: event is not end, since_leg), transfer)
    if end is None:
        if transfer.state == TransferState.UNKNOWN:
            settle(transfer, states.ACCEPT, evidence_of_event(leg), {"accepted_at": Now()})
    elif end.kind == CallEventKind.FORWARD_ANSWERED:
        settle(transfer, states.CONFIRM_ANSWERED, evidence_of_event(end), _ring_time(leg, end))
    elif end.forward_target:
        settle(transfer, states.CONFIRM_NOT_ANSWERED, evidence_of_event(end), _ring_time(leg, end))


def cancel_pointless_request(transfer_id: int) -> None:
    """Cancel a request that can no longer be sent: its call has ended, or another transfer of it was answered."""
    transfer = Transfer.objects.select_related("call").filter(pk=transfer_id, state=TransferState.REQUESTED).first()
    if transfer is None:
        return
    if transfer.call.state == CallState.ENDED:
        cancel_requested(transfer.call, reason=CancelReason.CALL_ENDED)
    elif transfer.call.transfers.filter(state=TransferState.ANSWERED, settled_at__gt=transfer.requested_at).exists():
        cancel_requested(transfer.call, reason=CancelReason.ANSWERED_MEANWHILE)


def _forwards_of(transfer: Transfer) -> list[CallEvent]:
    """Return the forward events between this transfer's request and the next one's, in the order they arrived."""
    since_sent = CallEvent.objects.filter(
        call_uuid=transfer.call.call_uuid,
        kind__in=[CallEventKind.FORWARD_STARTED, CallEventKind.FORWARD_ANSWERED],
        received_at__gte=transfer.sent_at,
    )
    events = list(since_sent.order_by("received_at", "pk"))
    until = next_sent_at(transfer) if events else None
    return [event for event in events if until is None or event.received_at < until]


def _is_about(event: CallEvent, transfer: Transfer) -> bool:
    if not event.forward_target:
        return transfer.state == TransferState.ACCEPTED
    return is_same_address(event.forward_target, transfer.destination)


def _starts_leg(event: CallEvent, transfer: Transfer) -> bool:
    return event.kind == CallEventKind.FORWARD_STARTED and _is_about(event, transfer)


def _ends_wait(event: CallEvent, transfer: Transfer) -> bool:
    """Whether an event after the start of the transfer's leg decides its outcome, or makes it undecidable."""
    is_about = _is_about(event, transfer)
    if event.kind == CallEventKind.FORWARD_ANSWERED:
        return is_about
    # After two forwards without a target, an answer may belong to either of them.
    return not event.forward_target if is_about else bool(event.forward_target)


def _last_start(events: Iterable[CallEvent], transfer: Transfer) -> CallEvent:
    return [event for event in events if _starts_leg(event, transfer)][-1]


def _ring_time(started: CallEvent, ended: CallEvent) -> dict[str, Any]:
    return {"ring_seconds": round((ended.received_at - started.received_at).total_seconds())}


def _record_progress(transfer: Transfer, event: CallEvent) -> None:
    """Add to the transfer's audit trail that its destination is being called, or that the routing plan ended."""
    if event.kind == CallEventKind.CALL_ENDED:
        action = AuditAction.CALL_ENDED
    elif event in _forwards_of(transfer) and _starts_leg(event, transfer):
        action = AuditAction.TRANSFER_RINGING
    else:
        return
    audit_log.record(
        actor="tenios",
        action=action,
        transfer_id=transfer.pk,
        call_id=transfer.call_id,
        detail={"evidence": evidence_of_event(event)},
    )
