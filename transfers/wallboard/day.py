"""The transfers of today: their outcomes, how fast they were answered, and how many there were in each hour.

A day begins at midnight in the site's time zone (`TIME_ZONE`). Every query is limited by `requested_at`, so its cost
depends on the day and not on the length of the history.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from transfers.calls import ACCEPTED_WAITS_FOR, is_without_news
from transfers.models import Transfer, TransferState
from transfers.wallboard.naming import destination_name
from transfers.wallboard.outcomes import OUTCOME_OF_STATE, Outcomes, Rings

WEEK = timedelta(days=7)
LATEST = 5


def day_begins_at(day: date) -> datetime:
    """Return midnight in the site's time zone. When the clocks change, a day has 23 or 25 hours."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class LatestTransfer:
    """One of the last transfers as the wallboard shows it."""

    transfer: Transfer

    @property
    def destination_name(self) -> str:
        """What the wallboard shows of the destination."""
        return destination_name(self.transfer)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether TENIOS accepted it, and no answer was reported in time."""
        return self.transfer.state == TransferState.ACCEPTED and is_without_news(self.transfer)


@dataclass(frozen=True, kw_only=True)
class Day:
    """Today until now. `last_week_by_now` is the number on the same weekday last week up to the same time of day."""

    began_at: datetime
    outcomes: Outcomes
    hours: Mapping[int, int] = field(default_factory=dict)
    last_week_hours: Mapping[int, int] = field(default_factory=dict)
    last_week_by_now: int = 0
    rings: Rings | None = None
    latest: list[LatestTransfer] = field(default_factory=list)

    @property
    def began_at_local(self) -> datetime:
        """The beginning of the day in the site's time zone, from which its weekday follows."""
        return timezone.localtime(self.began_at)


def read_day(now: datetime) -> Day:
    """Read the day of this time up to the time, in four queries."""
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
        latest=[LatestTransfer(each) for each in transfers.order_by("-requested_at", "-id")[:LATEST]],
    )


def _transfers_of(day: date) -> QuerySet[Transfer]:
    bounds = {"requested_at__gte": day_begins_at(day), "requested_at__lt": day_begins_at(day + timedelta(days=1))}
    return Transfer.objects.filter(**bounds).order_by()


def _local_hour(day: date) -> Case:
    """Return the local hour of a transfer by comparing times: `ExtractHour` calls Python for each row on SQLite."""
    ends_at = (timezone.make_aware(datetime.combine(day, time(hour + 1))) for hour in range(23))
    hours = [When(requested_at__lt=end_at, then=Value(hour)) for hour, end_at in enumerate(ends_at)]
    return Case(*hours, default=Value(23), output_field=IntegerField())


def _hours_and_outcomes(transfers: QuerySet[Transfer], now: datetime) -> tuple[Counter[int], Outcomes]:
    unconfirmed = Q(state=TransferState.ACCEPTED, accepted_at__lt=now - ACCEPTED_WAITS_FOR)
    rows = (
        transfers.values_list(_local_hour(timezone.localdate(now)), "state")
        .annotate(count=Count("pk"), unconfirmed=Count("pk", filter=unconfirmed))
        .order_by()
    )
    hours: Counter[int] = Counter()
    outcomes: Counter[str] = Counter()
    for hour, state, count, unconfirmed_count in rows:
        hours[hour] += count
        outcomes[OUTCOME_OF_STATE[TransferState(state)]] += count - unconfirmed_count
        outcomes["unconfirmed"] += unconfirmed_count
    return hours, Outcomes(**outcomes)


def _last_week(now: datetime) -> tuple[dict[int, int], int]:
    local = timezone.localtime(now)
    same_time_at = timezone.make_aware((local - WEEK).replace(tzinfo=None))
    rows = list(
        _transfers_of(local.date() - WEEK)
        .values_list(_local_hour(local.date() - WEEK))
        .annotate(count=Count("pk"), by_now=Count("pk", filter=Q(requested_at__lt=same_time_at)))
        .order_by()
    )
    return {hour: count for hour, count, _by_now in rows}, sum(by_now for _hour, _count, by_now in rows)


def _rings(transfers: QuerySet[Transfer]) -> Rings | None:
    timed = transfers.filter(state=TransferState.ANSWERED, ring_seconds__isnull=False)
    return Rings.of(dict(timed.values_list("ring_seconds").annotate(count=Count("pk")).order_by()))
