"""Evidence from the posts of TENIOS: forwards that come after a transfer was sent, and the end of the call."""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.base.phone_numbers import is_same_address
from transfers.lifecycle import states
from transfers.lifecycle.outcomes.settling import awaiting_outcome, cancel_requested, contradict, next_sent_at, settle
from transfers.models import Call, CallEvent, CallState, CancelReason, ResolvedBy, Transfer, TransferState
from transfers.tenios import CallEventKind


def follow_call_event(call: Call, event: CallEvent) -> set[int | None]:
    """Let a stored post of a call say what it says about the call's unsettled transfers; in the post's transaction.

    The end of the routing plan takes back what was not sent, and proves nothing about what was. Returns the agents of
    these transfers.
    """
    # Rows before the audit log's lock, as everybody else does: on PostgreSQL two orders would be a deadlock.
    by_word = call.transfers.filter(
        state=TransferState.NOT_EXECUTED, resolved_by=ResolvedBy.PERSON, sent_at__isnull=False
    )
    held = list((call.transfers.unsettled() | by_word).select_for_update().order_by("pk"))
    denied = [transfer for transfer in held if transfer.state == TransferState.NOT_EXECUTED]
    unsettled = [transfer for transfer in held if transfer not in denied]
    if event.kind == CallEventKind.CALL_ENDED and any(each.state == TransferState.REQUESTED for each in unsettled):
        cancel_requested(call, reason=CancelReason.CALL_ENDED, evidence=_told_by(event))
    for transfer in unsettled:
        if transfer.sent_at:
            settle_from_events(transfer.pk)
            _record_what_it_says(transfer, event)
    for transfer in denied:
        if event in _forwards_of(transfer) and _is_about(event, transfer):
            contradict(transfer, actor="tenios", detail={"evidence": _told_by(event)})
    return {transfer.agent_id for transfer in unsettled}


def settle_from_events(transfer_id: int) -> None:
    """Refine a transfer by the forward posts that came after it was sent; harmless to repeat.

    A forward that names this destination, or that names nobody after an *accepted* transfer, is this transfer's leg:
    its answer means answered; a forward to somebody else before an answer means not answered.
    """
    transfer = awaiting_outcome(Q(pk=transfer_id)).first()
    if transfer is None:
        return None
    leg: CallEvent | None = None
    for event in _forwards_of(transfer):
        is_ours = _is_about(event, transfer)
        if event.kind == CallEventKind.FORWARD_ANSWERED:
            if leg is not None and is_ours:
                return settle(transfer, states.CONFIRM_ANSWERED, _told_by(event), _rung(leg, event))
        elif is_ours:
            if leg is not None and not event.forward_target:
                return None  # two forwards that name nobody: whose answer comes next cannot be known
            leg = event
        elif leg is not None and event.forward_target:
            return settle(transfer, states.CONFIRM_NOT_ANSWERED, _told_by(event), _rung(leg, event))
    if leg is not None and transfer.state == TransferState.UNKNOWN:
        settle(transfer, states.ACCEPT, _told_by(leg), {"accepted_at": Now()})
    return None


def cancel_pointless_request(transfer_id: int) -> None:
    """Take back a request that can no longer be sent: its call has ended, or the caller was answered elsewhere."""
    transfer = Transfer.objects.select_related("call").filter(pk=transfer_id, state=TransferState.REQUESTED).first()
    if transfer is None:
        return
    if transfer.call.state == CallState.ENDED:
        cancel_requested(transfer.call, reason=CancelReason.CALL_ENDED)
    elif transfer.call.transfers.filter(state=TransferState.ANSWERED, settled_at__gt=transfer.requested_at).exists():
        cancel_requested(transfer.call, reason=CancelReason.ANSWERED_MEANWHILE)


def _forwards_of(transfer: Transfer) -> list[CallEvent]:
    """Return the forward posts between this transfer's request and the next one's."""
    since = CallEvent.objects.filter(
        call_uuid=transfer.call.call_uuid,
        kind__in=[CallEventKind.FORWARD_STARTED, CallEventKind.FORWARD_ANSWERED],
        received_at__gte=transfer.sent_at,
    )
    found = list(since.order_by("received_at", "pk"))
    until = next_sent_at(transfer) if found else None
    return [event for event in found if until is None or event.received_at < until]


def _is_about(event: CallEvent, transfer: Transfer) -> bool:
    if not event.forward_target:
        return transfer.state == TransferState.ACCEPTED
    return is_same_address(event.forward_target, transfer.destination)


def _rung(started: CallEvent, over: CallEvent) -> dict[str, Any]:
    return {"ring_seconds": round((over.received_at - started.received_at).total_seconds())}


def _told_by(event: CallEvent) -> dict[str, Any]:
    return {"source": "call_event", "request_type": event.request_type, "call_event_id": event.pk}


def _record_what_it_says(transfer: Transfer, event: CallEvent) -> None:
    """Keep in the transfer's trail that its destination is being called, or that the routing plan ended."""
    if event.kind == CallEventKind.CALL_ENDED:
        action = AuditAction.CALL_ENDED
    elif event.kind == CallEventKind.FORWARD_STARTED and event in _forwards_of(transfer) and _is_about(event, transfer):
        action = AuditAction.TRANSFER_RINGING
    else:
        return
    audit_log.record(
        actor="tenios",
        action=action,
        transfer_id=transfer.pk,
        call_id=transfer.call_id,
        detail={"evidence": _told_by(event)},
    )
