"""What became of a transfer after TENIOS took it: evidence from later posts and from the call records.

Evidence and its strength: docs/decisions/0003-what-proves-an-outcome.md, from docs/tenios-api.md §6. HTTP 200 proves
nothing but acceptance.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log, transfer_states
from transfers.audit_log import AuditAction
from transfers.models import Call, CallEvent, Transfer, TransferState
from transfers.phone_numbers import is_same_address
from transfers.tenios import CallEventKind, CallRecord, TeniosClient

CLOCK_SKEW = timedelta(seconds=5)
"""How far TENIOS' clock may run behind ours before a leg's start no longer counts as after our request."""

RECORDS_COMPLETE_AFTER = timedelta(minutes=2)
"""How long after a call's end its records are taken as complete."""

ASK_FOR = timedelta(hours=24)
"""How long the records are asked for a transfer whose end is not known."""

FIRST_CHECK = timedelta(seconds=5)


def follow_call_event(call: Call, event: CallEvent) -> None:
    """Let a stored post of a call say what it says about the call's latest unsettled transfer; runs in the post's
    transaction. The end of the routing plan takes back what was not sent, and proves nothing about what was.
    """
    transfer = call.transfers.unsettled().order_by("-pk").first()
    if transfer is None:
        return
    if event.kind == CallEventKind.CALL_ENDED:
        _follow_call_end(transfer, event)
    elif event.kind == CallEventKind.FORWARD_STARTED and transfer.sent_at:
        _record_about(transfer, AuditAction.TRANSFER_RINGING, event)
    settle_from_events(transfer.pk)


def settle_from_events(transfer_id: int) -> None:
    """Refine a transfer by the forward posts that came after it was sent; harmless to repeat.

    A forward that names this destination, or that names nobody after an *accepted* transfer, is this transfer's leg:
    its answer means answered; a forward to somebody else before an answer means not answered.
    """
    transfer = _awaiting(Q(pk=transfer_id)).first()
    if transfer is None:
        return
    leg_started: CallEvent | None = None
    for event in _forward_events_after(transfer):
        is_ours = _is_about(event, transfer)
        if event.kind == CallEventKind.FORWARD_STARTED:
            if is_ours and leg_started is not None and not event.forward_target:
                return  # two forwards that name nobody: whose answer comes next cannot be known
            if is_ours:
                leg_started = event
            elif leg_started is not None and event.forward_target:
                _settle_not_answered(transfer, leg_started, event)
                return
        elif event.kind == CallEventKind.FORWARD_ANSWERED and leg_started is not None and is_ours:
            _settle_answered(transfer, leg_started, event)
            return
    if leg_started is not None and transfer.state == TransferState.UNKNOWN:
        _settle_executed(transfer, leg_started)


def settle_from_call_records(*, client: TeniosClient) -> None:
    """Read the call records around every transfer that is due for a look, and settle what they prove.

    Raises `TeniosUnavailable` when they cannot be read. The pause between two looks at one transfer grows with its age.
    """
    now = timezone.now()
    recent = _awaiting(Q(sent_at__gte=now - ASK_FOR))
    due = list(recent.filter(Q(next_check_at__lte=now) | Q(next_check_at=None)).order_by("sent_at"))
    if not due:
        return
    earliest = min(transfer.call.started_at for transfer in due)
    latest = max(transfer.sent_at for transfer in due if transfer.sent_at)
    records = client.call_records(start_at=earliest - timedelta(minutes=1), end_at=latest + timedelta(minutes=5))
    for transfer in due:
        settle_from_records(transfer, records.legs, is_whole=records.is_whole)
        _plan_next_check(transfer)


def settle_from_records(transfer: Transfer, records: list[CallRecord], *, is_whole: bool = True) -> None:
    """Settle one transfer by the legs of its call: answered, not answered with the reason, or never executed.

    The last only from records that were read whole: a leg that is missing from others proves nothing.
    """
    sent_at = transfer.sent_at or transfer.requested_at
    call_uuid = transfer.call.call_uuid
    legs = sorted(
        (
            record
            for record in records
            if record.main_leg_uuid == call_uuid
            and record.destination_type == transfer.destination_type
            and record.started_at >= sent_at - CLOCK_SKEW
            and is_same_address(record.destination, transfer.destination)
        ),
        key=lambda record: record.started_at,
    )
    if legs:
        _settle_by_leg(transfer, legs[0])
        return
    inbound = next((record for record in records if record.is_inbound and record.leg_uuid == call_uuid), None)
    is_complete = (
        is_whole and inbound and inbound.ended_at and inbound.ended_at < timezone.now() - RECORDS_COMPLETE_AFTER
    )
    if is_complete and transfer.state == TransferState.UNKNOWN:
        transfer_states.move_transfer(
            transfer.pk,
            transfer_states.CONFIRM_NOT_EXECUTED,
            actor="tenios",
            detail={"evidence": {"source": "call_record", "legs": 0}},
        )


def _follow_call_end(transfer: Transfer, event: CallEvent) -> None:
    cancelled = transfer_states.move_transfer(
        transfer.pk,
        transfer_states.CANCEL,
        actor="tenios",
        changes={"error_code": "call_ended"},
        detail={"error_code": "call_ended", "evidence": _event_evidence(event)},
    )
    if cancelled is None:
        _record_about(transfer, AuditAction.CALL_ENDED, event)


def _record_about(transfer: Transfer, action: AuditAction, event: CallEvent) -> None:
    audit_log.record(
        actor="tenios",
        action=action,
        transfer_id=transfer.pk,
        call_id=transfer.call_id,
        detail={"evidence": _event_evidence(event)},
    )


def _awaiting(where: Q) -> QuerySet[Transfer]:
    return Transfer.objects.select_related("call").filter(
        where, state__in=[TransferState.ACCEPTED, TransferState.UNKNOWN], sent_at__isnull=False
    )


def _forward_events_after(transfer: Transfer) -> Iterable[CallEvent]:
    return CallEvent.objects.filter(
        call_uuid=transfer.call.call_uuid,
        kind__in=[CallEventKind.FORWARD_STARTED, CallEventKind.FORWARD_ANSWERED],
        received_at__gte=transfer.sent_at,
    ).order_by("received_at", "pk")


def _is_about(event: CallEvent, transfer: Transfer) -> bool:
    if not event.forward_target:
        return transfer.state == TransferState.ACCEPTED
    return is_same_address(event.forward_target, transfer.destination)


def _settle_answered(transfer: Transfer, started: CallEvent, answered: CallEvent) -> None:
    transfer_states.move_transfer(
        transfer.pk,
        transfer_states.CONFIRM_ANSWERED,
        actor="tenios",
        changes={"ring_seconds": round((answered.received_at - started.received_at).total_seconds())},
        detail={"evidence": _event_evidence(answered)},
    )


def _settle_not_answered(transfer: Transfer, started: CallEvent, moved_on: CallEvent) -> None:
    transfer_states.move_transfer(
        transfer.pk,
        transfer_states.CONFIRM_NOT_ANSWERED,
        actor="tenios",
        changes={"ring_seconds": round((moved_on.received_at - started.received_at).total_seconds())},
        detail={"evidence": _event_evidence(moved_on)},
    )


def _settle_executed(transfer: Transfer, started: CallEvent) -> None:
    transfer_states.move_transfer(
        transfer.pk,
        transfer_states.ACCEPT,
        actor="tenios",
        changes={"accepted_at": Now()},
        detail={"evidence": _event_evidence(started)},
    )


def _event_evidence(event: CallEvent) -> dict[str, object]:
    return {"source": "call_event", "request_type": event.request_type, "call_event_id": event.pk}


def _settle_by_leg(transfer: Transfer, leg: CallRecord) -> None:
    over_at = leg.answered_at or leg.ended_at
    was_answered = leg.answered_at is not None
    transfer_states.move_transfer(
        transfer.pk,
        transfer_states.CONFIRM_ANSWERED if was_answered else transfer_states.CONFIRM_NOT_ANSWERED,
        actor="tenios",
        changes={
            "hangup_cause": "" if was_answered else leg.hangup_cause[:64],
            "ring_seconds": max(0, round((over_at - leg.started_at).total_seconds())) if over_at else None,
        },
        detail={
            "evidence": {
                "source": "call_record",
                "leg_uuid": leg.leg_uuid,
                "started_at": leg.started_at.isoformat(),
                "answered_at": leg.answered_at.isoformat() if leg.answered_at else None,
                "ended_at": leg.ended_at.isoformat() if leg.ended_at else None,
                "hangup_cause": leg.hangup_cause,
            }
        },
    )


def _plan_next_check(transfer: Transfer) -> None:
    age = timezone.now() - (transfer.sent_at or transfer.requested_at)
    Transfer.objects.filter(pk=transfer.pk).update(next_check_at=timezone.now() + max(FIRST_CHECK, age / 4))
