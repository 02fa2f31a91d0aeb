"""The transfers of today: how they ended, how fast they were answered, how many each hour had.

A day begins at midnight of the site's time zone (`TIME_ZONE`). Every read is bounded by `requested_at`, so that it
costs what the day has, however long the history is.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour
from django.utils import timezone

from transfers.call_board import ACCEPTED_WAITS_FOR
from transfers.models import Transfer, TransferState

WEEK = timedelta(days=7)
LATEST = 5

_S = TransferState
_OUTCOMES = {
    _S.ANSWERED: "answered",
    _S.NOT_ANSWERED: "not_answered",
    _S.REJECTED: "failed",
    _S.NOT_SENT: "failed",
    _S.EXPIRED: "failed",
    _S.NOT_EXECUTED: "failed",
    _S.UNKNOWN: "unconfirmed",
    _S.ACCEPTED: "under_way",
    _S.REQUESTED: "under_way",
    _S.SENDING: "under_way",
    _S.CANCELLED: "undone",
}


def day_begins_at(day: date) -> datetime:
    """Return midnight of the site's time zone; a day of the change of time has 23 or 25 hours."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Outcomes:
    """How many of today's transfers ended how. An acceptance that nothing followed for 45 s counts as unconfirmed."""

    answered: int = 0
    not_answered: int = 0
    failed: int = 0
    unconfirmed: int = 0
    under_way: int = 0
    undone: int = 0

    @property
    def total(self) -> int:
        """All that were asked for, those taken back included."""
        return self.finished + self.under_way + self.undone

    @property
    def finished(self) -> int:
        """All whose end should be known by now, known or not: what the share of answered ones is of."""
        return self.answered + self.not_answered + self.failed + self.unconfirmed

    @property
    def answered_percent(self) -> int | None:
        """The share of answered ones among the finished, rounded down so that 100 means all; None without any."""
        return 100 * self.answered // self.finished if self.finished else None


@dataclass(frozen=True)
class Rings:
    """How long the destinations rang before they answered, in seconds; of those answers whose time is known."""

    count: int
    median: int
    nine_of_ten: int


@dataclass(frozen=True, kw_only=True)
class Day:
    """Today until now. `last_week_by_now` counts the same weekday last week until the same time of day."""

    began_at: datetime
    outcomes: Outcomes
    hours: Mapping[int, int] = field(default_factory=dict)
    last_week_hours: Mapping[int, int] = field(default_factory=dict)
    last_week_by_now: int = 0
    rings: Rings | None = None
    latest: list[Transfer] = field(default_factory=list)


def read_day(now: datetime) -> Day:
    """Read the day that this moment belongs to, in four queries."""
    today = timezone.localdate(now)
    transfers = _transfers_of(today)
    hours, outcomes = _hours_and_outcomes(transfers, now)
    last_week_hours, last_week_by_now = _last_week(now)
    return Day(
        began_at=day_begins_at(today),
        outcomes=outcomes,
        hours=hours,
        last_week_hours=last_week_hours,
        last_week_by_now=last_week_by_now,
        rings=_rings(transfers),
        latest=list(transfers.order_by("-requested_at", "-id")[:LATEST]),
    )


def _transfers_of(day: date) -> QuerySet[Transfer]:
    bounds = {"requested_at__gte": day_begins_at(day), "requested_at__lt": day_begins_at(day + timedelta(days=1))}
    return Transfer.objects.filter(**bounds).order_by()


def _hours_and_outcomes(transfers: QuerySet[Transfer], now: datetime) -> tuple[Counter[int], Outcomes]:
    is_without_news = Q(state=_S.ACCEPTED, accepted_at__lt=now - ACCEPTED_WAITS_FOR)
    rows = (
        transfers.values_list(ExtractHour("requested_at"), "state")
        .annotate(count=Count("pk"), without_news=Count("pk", filter=is_without_news))
        .order_by()
    )
    hours: Counter[int] = Counter()
    outcomes: Counter[str] = Counter()
    for hour, state, count, without_news in rows:
        hours[hour] += count
        outcomes[_OUTCOMES[TransferState(state)]] += count - without_news
        outcomes["unconfirmed"] += without_news
    return hours, Outcomes(**outcomes)


def _last_week(now: datetime) -> tuple[dict[int, int], int]:
    local = timezone.localtime(now)
    same_time_at = timezone.make_aware((local - WEEK).replace(tzinfo=None))
    rows = list(
        _transfers_of(local.date() - WEEK)
        .values_list(ExtractHour("requested_at"))
        .annotate(count=Count("pk"), by_now=Count("pk", filter=Q(requested_at__lt=same_time_at)))
        .order_by()
    )
    return {hour: count for hour, count, _by_now in rows}, sum(by_now for _hour, _count, by_now in rows)


def _rings(transfers: QuerySet[Transfer]) -> Rings | None:
    timed = transfers.filter(state=_S.ANSWERED, ring_seconds__isnull=False)
    counts = dict(timed.values_list("ring_seconds").annotate(Count("pk")).order_by())
    total = sum(counts.values())
    if not total:
        return None
    return Rings(total, median=_at_share(counts, total / 2), nine_of_ten=_at_share(counts, total * 9 / 10))


def _at_share(counts: Mapping[int, int], wanted: float) -> int:
    """Return the least number of seconds within which that many were answered."""
    so_far = 0
    for seconds in sorted(counts):
        so_far += counts[seconds]
        if so_far >= wanted:
            break
    return seconds
