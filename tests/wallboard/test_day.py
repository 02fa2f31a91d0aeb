from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.models import Call, Transfer, TransferState
from transfers.wallboard.day import day_begins_at, read_day
from transfers.wallboard.outcomes import Outcomes, Rings
from transfers.wallboard.texts import compare_with_last_week, last_weekday

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 3, 12, 14, 7, tzinfo=BERLIN)  # a Wednesday

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("berlin")]


@pytest.fixture
def berlin(midday: None) -> Any:
    with timezone.override(BERLIN):
        yield


@pytest.fixture
def call(db: None) -> Call:
    return make_call()


def make_settled(call: Call, at: datetime, state: str = TransferState.ANSWERED, **overrides: Any) -> Transfer:
    return make_transfer(call=call, agent=None, requested_at=at, state=state, **overrides)


def test_day_goes_from_midnight_to_midnight_of_the_site(call: Call) -> None:
    make_settled(call, datetime(2025, 3, 11, 22, 59, tzinfo=UTC))
    first = make_settled(call, datetime(2025, 3, 11, 23, 0, tzinfo=UTC))
    last = make_settled(call, datetime(2025, 3, 12, 22, 59, tzinfo=UTC))
    make_settled(call, datetime(2025, 3, 12, 23, 0, tzinfo=UTC))

    day = read_day(NOW)

    assert day.hours == {0: 1, 23: 1}
    assert [latest.transfer for latest in day.latest] == [last, first]


def test_new_day_begins_at_midnight(call: Call) -> None:
    make_settled(call, NOW)

    before = read_day(datetime(2025, 3, 12, 23, 59, 59, tzinfo=BERLIN))
    after = read_day(datetime(2025, 3, 13, 0, 0, tzinfo=BERLIN))

    assert (before.outcomes.total, len(before.latest)) == (1, 1)
    assert (after.outcomes.total, len(after.latest)) == (0, 0)


def test_outcomes_are_counted_by_state(call: Call) -> None:
    for state in TransferState:
        make_settled(make_call(), NOW, state, accepted_at=NOW - timedelta(seconds=44))
    make_settled(call, NOW, TransferState.ACCEPTED, accepted_at=NOW - timedelta(seconds=46))

    outcomes = read_day(NOW).outcomes

    assert outcomes == Outcomes(answered=1, not_answered=1, failed=4, unconfirmed=2, under_way=3, undone=1)
    assert (outcomes.total, outcomes.finished) == (12, 8)


@pytest.mark.parametrize(
    ("outcomes", "percent"),
    [
        (Outcomes(), None),
        (Outcomes(under_way=3, undone=2), None),
        (Outcomes(answered=9, failed=1), 90),
        (Outcomes(answered=999, unconfirmed=1), 99),
        (Outcomes(answered=7, under_way=1, undone=1), 100),
    ],
)
def test_share_of_answered_transfers_is_never_rounded_up(outcomes: Outcomes, percent: int | None) -> None:
    assert outcomes.answered_percent == percent


@pytest.mark.parametrize(
    ("counts", "rings"),
    [
        ({}, None),
        ({7: 1}, Rings(1, median=7, nine_of_ten=7)),
        ({5: 1, 9: 1}, Rings(2, median=5, nine_of_ten=9)),
        ({4: 5, 8: 4, 60: 1}, Rings(10, median=4, nine_of_ten=8)),
        ({4: 4, 8: 4, 60: 2}, Rings(10, median=8, nine_of_ten=60)),
    ],
)
def test_median_and_ninth_decile_of_the_ring_seconds(counts: dict[int, int], rings: Rings | None) -> None:
    assert Rings.of(counts) == rings


def test_only_answers_with_a_known_time_count_for_the_median(call: Call) -> None:
    make_settled(call, NOW, ring_seconds=12)
    make_settled(call, NOW, ring_seconds=None)
    make_settled(call, NOW, TransferState.NOT_ANSWERED, ring_seconds=60)
    make_settled(call, NOW - timedelta(days=1), ring_seconds=2)

    assert read_day(NOW).rings == Rings(1, median=12, nine_of_ten=12)


def test_today_is_compared_with_the_same_weekday_last_week(call: Call) -> None:
    for hour in (9, 9, 14, 16):
        make_settled(call, datetime(2025, 3, 5, hour, 5, tzinfo=BERLIN))
    make_settled(call, datetime(2025, 3, 4, 9, 5, tzinfo=BERLIN))

    day = read_day(NOW)

    assert day.last_week_hours == {9: 2, 14: 1, 16: 1}
    assert day.last_week_by_now == 3


def test_hours_are_local_when_the_clocks_change(call: Call) -> None:
    summer = datetime(2025, 4, 1, 10, 30, tzinfo=BERLIN)
    make_settled(call, datetime(2025, 4, 1, 9, 30, tzinfo=BERLIN))
    make_settled(call, datetime(2025, 3, 25, 9, 30, tzinfo=BERLIN))
    make_settled(call, datetime(2025, 3, 25, 10, 29, tzinfo=BERLIN))
    make_settled(call, datetime(2025, 3, 25, 10, 31, tzinfo=BERLIN))

    day = read_day(summer)

    assert (day.hours, day.last_week_hours, day.last_week_by_now) == ({9: 1}, {9: 1, 10: 2}, 2)


def test_day_on_which_summer_time_begins_has_23_hours() -> None:
    begins_at, ends_at = (day_begins_at(date(2025, 3, day)).astimezone(UTC) for day in (30, 31))

    assert ends_at - begins_at == timedelta(hours=23)


def test_last_week_counts_up_to_the_same_time_of_day(call: Call) -> None:
    make_settled(call, NOW - timedelta(days=7, minutes=1))
    make_settled(call, NOW - timedelta(days=7, minutes=-1))

    day = read_day(NOW)

    assert compare_with_last_week(day) == "1 last Wed by now"
    assert last_weekday(day) == "last Wed"
