"""Reads TENIOS' call records for the transfers whose outcome is still open, in as few requests as possible."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone

from transfers.lifecycle.outcomes.legs import settle_from_legs
from transfers.lifecycle.outcomes.settling import in_question, is_doubtful, sent_at_of
from transfers.models import RECORDS_ASKED_FOR, Call, Transfer
from transfers.tenios import CallRecords, TeniosClient, TeniosUnavailable

logger = logging.getLogger(__name__)

SHORTEST_PAUSE = timedelta(seconds=5)
MARGIN = timedelta(minutes=1)
MOST_AT_ONCE = 50

Period = tuple[datetime, datetime]
"""From and until, both UTC."""


def settle_from_call_records(*, client: TeniosClient) -> None:
    """Read the records around every transfer whose check is due, and settle what they prove.

    A transfer whose records cannot be read waits for its next check. The pause between two checks of one transfer
    grows with its age.
    """
    now = timezone.now()
    recent = in_question(Q(sent_at__gte=now - RECORDS_ASKED_FOR))
    due = recent.filter(Q(next_check_at__lte=now) | Q(next_check_at=None)).order_by("sent_at")[:MOST_AT_ONCE]
    transfers = [transfer for transfer in due if _postpone_next_check(transfer, now)]
    read = {period: _read(client, period) for period in _merge(each for one in transfers for each in _periods(one))}
    for transfer in transfers:
        needed = [read[period] for period in read if any(_overlap(period, own) for own in _periods(transfer))]
        if None not in needed:
            _settle_safely(transfer, [records for records in needed if records is not None])


def postpone_check(rows: QuerySet[Any], row: Call | Transfer, *, until_at: datetime) -> bool:
    """Compare-and-set: plan the row's next check, unless another process did so since it was read; then return False.

    Planned before the check runs, so that no process starts a second one while this one is slow or fails.
    """
    unchanged = rows.filter(pk=row.pk, next_check_at=row.next_check_at)
    return bool(unchanged.update(next_check_at=until_at))


def _postpone_next_check(transfer: Transfer, now: datetime) -> bool:
    pause = max(SHORTEST_PAUSE, (now - sent_at_of(transfer)) / 4)
    return postpone_check(Transfer.objects.all(), transfer, until_at=now + pause)


def _periods(transfer: Transfer) -> list[Period]:
    """Return when its leg must have begun, and for a doubtful transfer also when the caller's leg began.

    The record of the caller's leg says when the call ended, and so whether a leg that is missing will still come.
    """
    sent_at, started_at = sent_at_of(transfer), transfer.call.started_at
    periods = [(sent_at - MARGIN, sent_at + MARGIN)]
    if is_doubtful(transfer):
        periods.append((started_at - MARGIN, started_at + MARGIN))
    return periods


def _merge(periods: Iterable[Period]) -> list[Period]:
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
    """Settle one transfer. If the database refuses that, log it and go on with the others."""
    legs = {leg.leg_uuid: leg for records in read for leg in records.legs}
    try:
        settle_from_legs(transfer, legs.values(), is_whole=all(records.is_whole for records in read))
    except DatabaseError:
        logger.exception("transfer %s could not be settled", transfer.pk)
