"""When something is open: by the clock on the wall, over the days when clocks jump, at midnight, on days off."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from transfers.directory.hours.parsing import read_hours
from transfers.directory.hours.timetable import Timetable

BERLIN = ZoneInfo("Europe/Berlin")
# In Berlin clocks go forward on 2026-03-29 at 01:00 UTC (2:00 becomes 3:00), back on 2026-10-25 at 01:00 UTC.


def table(hours: str, *days_off: str, zone: ZoneInfo = BERLIN) -> Timetable:
    off = {date.fromisoformat(day): "Feast" for day in days_off}
    return Timetable(zone=zone, hours=read_hours(hours), days_off=off)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        ("", "2026-11-23 03:00", True),
        ("Mon-Fri 8-17", "2026-11-23 06:59:59", False),  # Monday, 7:59:59 in Berlin
        ("Mon-Fri 8-17", "2026-11-23 07:00", True),
        ("Mon-Fri 8-17", "2026-11-23 15:59:59.999999", True),
        ("Mon-Fri 8-17", "2026-11-23 16:00", False),
        ("Mon-Fri 8-17", "2026-11-22 10:00", False),  # Sunday
        ("Mon 8-12, 13-17", "2026-11-23 11:30", False),
        ("Mon 20-24", "2026-11-23 22:59", True),  # 23:59 in Berlin
        ("Mon 20-24", "2026-11-23 23:00", False),  # Tuesday there
        ("Sun 22-6", "2026-11-23 04:59", True),  # Monday, 5:59
        ("Sun 22-6", "2026-11-23 05:00", False),
        ("daily 0-24", "2026-11-23 23:00", True),
        # Summer: the same clock on the wall is one hour earlier in UTC.
        ("Mon-Fri 8-17", "2026-07-20 06:00", True),
        ("Mon-Fri 8-17", "2026-07-20 15:00", False),
        # 2:30 does not exist on the day clocks go forward: it is 3:00 at once.
        ("Sun 2:30-4", "2026-03-29 00:59", False),
        ("Sun 2:30-4", "2026-03-29 01:00", True),
        ("Sun 2:30-4", "2026-03-29 02:00", False),
        # 2:15 comes twice on the day clocks go back.
        ("Sun 2-2:30", "2026-10-25 00:15", True),
        ("Sun 2-2:30", "2026-10-25 00:45", False),
        ("Sun 2-2:30", "2026-10-25 01:15", True),
        ("Sun 2-2:30", "2026-10-25 01:30", False),
    ],
)
def test_hours_are_local_time(hours: str, at: str, is_open: bool) -> None:
    assert table(hours).is_open(utc(at)) is is_open


@pytest.mark.parametrize(
    ("hours", "at", "opens_at"),
    [
        ("Mon-Fri 8-17", "2026-11-23 05:00", "2026-11-23 07:00"),
        ("Mon-Fri 8-17", "2026-11-23 16:00", "2026-11-24 07:00"),
        ("Mon-Fri 8-17", "2026-11-20 16:00", "2026-11-23 07:00"),  # Friday evening
        ("Mon 8-12, 13-17", "2026-11-23 11:30", "2026-11-23 12:00"),
        ("Mon-Fri 8-17", "2026-11-23 10:00", None),  # open now
        ("", "2026-11-23 10:00", None),  # always open
        ("Tue 0-6", "2026-11-23 22:59", "2026-11-23 23:00"),  # midnight in Berlin
        # From Saturday to Monday over the jump: 8:00 is one hour earlier in UTC afterwards, later in autumn.
        ("Mon 8-17", "2026-03-28 12:00", "2026-03-30 06:00"),
        ("Mon 8-17", "2026-10-24 12:00", "2026-10-26 07:00"),
        ("Sun 2:30-4", "2026-03-29 00:00", "2026-03-29 01:00"),  # with the jump
        ("Sun 2-2:30", "2026-10-25 00:45", "2026-10-25 01:00"),  # the same opening time once more
        ("Sun 1:30-2:15", "2026-10-25 00:30", "2026-10-25 01:00"),  # back into the hours, at no opening time
    ],
)
def test_the_next_opening_is_utc(hours: str, at: str, opens_at: str | None) -> None:
    assert table(hours).next_opening(utc(at)) == (utc(opens_at) if opens_at else None)


def test_days_off_close_from_midnight_to_midnight_and_have_a_name() -> None:
    hours = table("daily 0-24", "2026-12-25", "2026-12-26")

    assert hours.is_open(utc("2026-12-24 22:59"))
    assert not hours.is_open(utc("2026-12-24 23:00"))
    assert hours.next_opening(utc("2026-12-25 12:00")) == utc("2026-12-26 23:00")
    assert hours.day_off(utc("2026-12-25 12:00")) == "Feast"
    assert hours.day_off(utc("2026-12-27 12:00")) is None


def test_without_hours_a_day_off_closes_and_ends_at_midnight() -> None:
    hours = table("", "2026-12-25")

    assert not hours.is_open(utc("2026-12-25 12:00"))
    assert hours.next_opening(utc("2026-12-25 12:00")) == utc("2026-12-25 23:00")


def test_an_entry_closed_for_a_year_has_no_next_opening() -> None:
    mondays = [
        f"{day:%Y-%m-%d}" for day in (date.fromordinal(date(2026, 11, 23).toordinal() + 7 * n) for n in range(60))
    ]

    assert table("Mon 8-17", *mondays).next_opening(utc("2026-11-23 10:00")) is None


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"])
def test_every_next_opening_is_the_first_open_moment(zone: str) -> None:
    hours = table("Mon-Fri 8:15-12, 13-17:30, Sun 1:30-2:15", zone=ZoneInfo(zone))
    begin = utc("2026-03-27 00:00").timestamp()

    for quarter in range(0, 4 * 24 * 12, 3):
        at = datetime.fromtimestamp(begin + quarter * 900, UTC)
        opens_at = hours.next_opening(at)
        if opens_at is None:
            assert hours.is_open(at)
        else:
            before = datetime.fromtimestamp(opens_at.timestamp() - 60, UTC)
            assert hours.is_open(opens_at)
            assert before < at or not hours.is_open(before)


def test_hours_until_midnight_cover_the_last_microsecond() -> None:
    [part] = read_hours("Mon 22-24")

    assert part.cover(time.max)
