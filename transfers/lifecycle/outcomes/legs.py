"""What the legs of a call prove about a transfer. TENIOS writes one call record per leg, some time after it ended."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from transfers.base.phone_numbers import is_same_address
from transfers.lifecycle import states
from transfers.lifecycle.outcomes.evidence import evidence_of_record
from transfers.lifecycle.outcomes.settling import (
    contradict,
    is_doubtful,
    next_sent_at,
    sent_at_of,
    settle,
    was_sent_to_same_address,
)
from transfers.models import ResolvedBy, Transfer, TransferState
from transfers.tenios import CallRecord

CLOCK_SKEW = timedelta(seconds=5)
"""How far TENIOS' clock may be behind ours before the start of a leg no longer counts as after our request."""

RESENT_WITHIN = timedelta(seconds=15)
"""How long after a request was sent its leg may begin: the request's 6 s deadline, the clock skew, and some margin."""

RECORDS_COMPLETE_AFTER = timedelta(minutes=2)
"""How long after the end of a call its records are taken as complete."""


def settle_from_legs(transfer: Transfer, legs: Collection[CallRecord], *, is_whole: bool = True) -> None:
    """Settle one transfer by the legs of its call: answered, not answered with the reason, or never executed.

    Never executed only if `is_whole`, which means that all records of the period were read: in a part of them, a
    missing leg proves nothing.
    """
    until = next_sent_at(transfer)
    possible = sorted((leg for leg in legs if _is_leg_of(transfer, leg, until)), key=lambda leg: leg.started_at)
    own = [leg for leg in possible if not _may_belong_to_earlier(transfer, leg)]
    if own:
        _settle_by_leg(transfer, own[0])
    elif is_whole and not possible and is_doubtful(transfer) and _is_complete(transfer, legs):
        _settle_without_leg(transfer)


def _is_leg_of(transfer: Transfer, leg: CallRecord, until: datetime | None) -> bool:
    """Whether the leg may be that of this transfer: the last one of the call that was sent before the leg began.

    `until` is when the next one was sent. Runs for the legs of all calls of some minutes, so it makes no query.
    """
    return (
        leg.main_leg_uuid == transfer.call.call_uuid
        and leg.destination_type == transfer.destination_type
        and leg.started_at >= sent_at_of(transfer) - CLOCK_SKEW
        and (until is None or leg.started_at < until - CLOCK_SKEW)
        and is_same_address(leg.destination, transfer.destination)
    )


def _may_belong_to_earlier(transfer: Transfer, leg: CallRecord) -> bool:
    """Whether the leg may be that of an earlier transfer to the same address, sent seconds before.

    Possible if the leg began before this request by TENIOS' clock, which may differ from ours. Then the leg proves
    nothing about either transfer.
    """
    earlier = Q(sent_at__lt=transfer.sent_at, sent_at__gte=leg.started_at - RESENT_WITHIN)
    return leg.started_at < sent_at_of(transfer) and was_sent_to_same_address(transfer, earlier)


def _is_complete(transfer: Transfer, legs: Iterable[CallRecord]) -> bool:
    """Whether the records show that the call ended so long ago that no further leg of it will be written."""
    call_uuid = transfer.call.call_uuid
    long_ago = timezone.now() - RECORDS_COMPLETE_AFTER
    callers_leg = (leg for leg in legs if leg.is_inbound and leg.leg_uuid == call_uuid)
    return any(leg.ended_at is not None and leg.ended_at < long_ago for leg in callers_leg)


def _settle_by_leg(transfer: Transfer, leg: CallRecord) -> None:
    ring_ended_at = leg.answered_at or leg.ended_at
    if ring_ended_at is None:
        return  # the phone still rings, or the record is not complete: neither is an outcome
    if transfer.state == TransferState.NOT_EXECUTED:
        contradict(transfer, actor="tenios", detail={"evidence": evidence_of_record(leg)})
        return
    was_answered = leg.answered_at is not None
    settle(
        transfer,
        states.CONFIRM_ANSWERED if was_answered else states.CONFIRM_NOT_ANSWERED,
        evidence_of_record(leg),
        {
            "hangup_cause": "" if was_answered else leg.hangup_cause[:64],
            "ring_seconds": max(0, round((ring_ended_at - leg.started_at).total_seconds())),
        },
    )


def _settle_without_leg(transfer: Transfer) -> None:
    no_leg = {"source": ResolvedBy.CALL_RECORD, "legs": 0}
    if transfer.state == TransferState.UNKNOWN:
        settle(transfer, states.CONFIRM_NOT_EXECUTED, no_leg)
    elif transfer.state == TransferState.ACCEPTED:
        contradict(transfer, actor="tenios", detail={"evidence": no_leg})
