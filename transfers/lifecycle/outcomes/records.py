"""Evidence from the call records: one record per leg, written when the leg is over, some time later."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from transfers.base.phone_numbers import is_same_address
from transfers.lifecycle import states
from transfers.lifecycle.outcomes.settling import (
    contradict,
    in_question,
    next_sent_at,
    settle,
    was_sent_to_same_address,
)
from transfers.models import RECORDS_ASKED_FOR, ResolvedBy, Transfer, TransferState
from transfers.tenios import CallRecord, CallRecords, TeniosClient, TeniosUnavailable

logger = logging.getLogger(__name__)

CLOCK_SKEW = timedelta(seconds=5)
"""How far TENIOS' clock may run behind ours before a leg's start no longer counts as after our request."""

RESENT_WITHIN = timedelta(seconds=15)
"""How long after a request was sent its leg may begin: the request's 6 s deadline, the clocks, and some room."""

RECORDS_COMPLETE_AFTER = timedelta(minutes=2)
"""How long after a call's end its records are taken as complete."""

FIRST_CHECK = timedelta(seconds=5)
MARGIN = timedelta(minutes=1)
MOST_AT_ONCE = 50

Period = tuple[datetime, datetime]


def settle_from_call_records(*, client: TeniosClient) -> None:
    """Read the records around every transfer that is due for a look, and settle what they prove.

    What cannot be read waits for the next look; the pause between two looks at one transfer grows with its age.
    """
    now = timezone.now()
    recent = in_question(Q(sent_at__gte=now - RECORDS_ASKED_FOR))
    due = recent.filter(Q(next_check_at__lte=now) | Q(next_check_at=None)).order_by("sent_at")[:MOST_AT_ONCE]
    transfers = [transfer for transfer in due if _plan_next_look(transfer, now)]
    read = {period: _read(client, period) for period in _merged(each for one in transfers for each in _periods(one))}
    for transfer in transfers:
        needed = [read[period] for period in read if any(_overlap(period, own) for own in _periods(transfer))]
        if None not in needed:
            _settle_safely(transfer, [records for records in needed if records is not None])


def settle_from_legs(transfer: Transfer, legs: Collection[CallRecord], *, is_whole: bool = True) -> None:
    """Settle one transfer by the legs of its call: answered, not answered with the reason, or never executed.

    The last only from records that were read whole: a leg that is missing from others proves nothing.
    """
    until = next_sent_at(transfer)
    possible = sorted((leg for leg in legs if _is_leg_of(transfer, leg, until)), key=lambda leg: leg.started_at)
    own = [leg for leg in possible if not _may_be_of_the_one_before(transfer, leg)]
    if own:
        _settle_by_leg(transfer, own[0])
    elif is_whole and not possible and _is_doubtful(transfer) and _is_complete(transfer, legs):
        no_leg = {"source": "call_record", "legs": 0}
        if transfer.state == TransferState.UNKNOWN:
            settle(transfer, states.CONFIRM_NOT_EXECUTED, no_leg)
        elif transfer.state == TransferState.ACCEPTED:
            contradict(transfer, actor="tenios", detail={"evidence": no_leg})


def _plan_next_look(transfer: Transfer, now: datetime) -> bool:
    """Put the next look off before this one begins, so that a slow or failing one is not started again meanwhile."""
    pause = max(FIRST_CHECK, (now - _sent_at(transfer)) / 4)
    as_read = Transfer.objects.filter(pk=transfer.pk, next_check_at=transfer.next_check_at)
    return bool(as_read.update(next_check_at=now + pause))


def _sent_at(transfer: Transfer) -> datetime:
    return transfer.sent_at or transfer.requested_at


def _periods(transfer: Transfer) -> list[Period]:
    """Where its leg must have begun; for a doubtful one also where the caller's leg did: that tells when it is over."""
    periods = [(_sent_at(transfer) - MARGIN, _sent_at(transfer) + MARGIN)]
    if _is_doubtful(transfer):
        periods.append((transfer.call.started_at - MARGIN, transfer.call.started_at + MARGIN))
    return periods


def _is_doubtful(transfer: Transfer) -> bool:
    return transfer.state == TransferState.UNKNOWN or transfer.resolved_by == ResolvedBy.PERSON


def _merged(periods: Iterable[Period]) -> list[Period]:
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and _overlap(merged[-1], period):
            merged[-1] = (merged[-1][0], max(merged[-1][1], period[1]))
        else:
            merged.append(period)
    return merged


def _overlap(one: Period, other: Period) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _read(client: TeniosClient, period: Period) -> CallRecords | None:
    try:
        return client.call_records(start_at=period[0], end_at=period[1])
    except TeniosUnavailable as problem:
        logger.warning("call records could not be read: %s", problem)
        return None


def _settle_safely(transfer: Transfer, read: list[CallRecords]) -> None:
    """One transfer that cannot be settled keeps no other from it."""
    legs = {leg.leg_uuid: leg for records in read for leg in records.legs}
    try:
        settle_from_legs(transfer, legs.values(), is_whole=all(records.is_whole for records in read))
    except DatabaseError:
        logger.exception("transfer %s could not be settled", transfer.pk)


def _is_leg_of(transfer: Transfer, leg: CallRecord, until: datetime | None) -> bool:
    """One leg proves one request: the last one of the call that was sent before it began.

    `until` is when the next one was sent. The legs are those of all calls of some minutes: nothing is asked for each.
    """
    return (
        leg.main_leg_uuid == transfer.call.call_uuid
        and leg.destination_type == transfer.destination_type
        and leg.started_at >= _sent_at(transfer) - CLOCK_SKEW
        and (until is None or leg.started_at < until - CLOCK_SKEW)
        and is_same_address(leg.destination, transfer.destination)
    )


def _may_be_of_the_one_before(transfer: Transfer, leg: CallRecord) -> bool:
    """A leg that began before the request was sent, by a clock that may differ, may be that of the last try to reach
    the same address, seconds earlier. Then it proves nothing of either.
    """
    before = Q(sent_at__lt=transfer.sent_at, sent_at__gte=leg.started_at - RESENT_WITHIN)
    return leg.started_at < _sent_at(transfer) and was_sent_to_same_address(transfer, before)


def _is_complete(transfer: Transfer, legs: Iterable[CallRecord]) -> bool:
    call_uuid = transfer.call.call_uuid
    long_ago = timezone.now() - RECORDS_COMPLETE_AFTER
    callers_leg = (leg for leg in legs if leg.is_inbound and leg.leg_uuid == call_uuid)
    return any(leg.ended_at is not None and leg.ended_at < long_ago for leg in callers_leg)


def _settle_by_leg(transfer: Transfer, leg: CallRecord) -> None:
    over_at = leg.answered_at or leg.ended_at
    if over_at is None:
        return  # it rings, or its record is not complete: neither is an outcome
    if transfer.state == TransferState.NOT_EXECUTED:
        contradict(transfer, actor="tenios", detail={"evidence": _told_by(leg)})
        return
    was_answered = leg.answered_at is not None
    settle(
        transfer,
        states.CONFIRM_ANSWERED if was_answered else states.CONFIRM_NOT_ANSWERED,
        _told_by(leg),
        {
            "hangup_cause": "" if was_answered else leg.hangup_cause[:64],
            "ring_seconds": max(0, round((over_at - leg.started_at).total_seconds())),
        },
    )


def _told_by(leg: CallRecord) -> dict[str, Any]:
    return {
        "source": "call_record",
        "leg_uuid": leg.leg_uuid,
        "started_at": leg.started_at.isoformat(),
        "answered_at": leg.answered_at.isoformat() if leg.answered_at else None,
        "ended_at": leg.ended_at.isoformat() if leg.ended_at else None,
        "hangup_cause": leg.hangup_cause,
    }
