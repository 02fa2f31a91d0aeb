"""Whose hours count: one's own, else the team's, else none; and whose days off."""

from datetime import UTC, date, datetime, time

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_entry
from transfers.directory import is_open, next_opening
from transfers.directory.hours.opening import closed_entries
from transfers.models import DirectoryEntry, Holiday, OpeningHours

pytestmark = pytest.mark.django_db

MONDAY_NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 12:00 in Berlin
MONDAY_EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)


def give_hours(entry: DirectoryEntry, opens: int = 8, closes: int = 17) -> DirectoryEntry:
    for weekday in range(7):
        OpeningHours.objects.create(entry=entry, weekday=weekday, opens=time(opens), closes=time(closes))
    return entry


def make_team(**fields: str) -> DirectoryEntry:
    return make_entry(kind="team", name="Team", **fields)


def test_an_entry_without_hours_is_always_open() -> None:
    entry = make_entry()

    assert is_open(entry, MONDAY_EVENING)
    assert next_opening(entry, MONDAY_EVENING) is None


def test_an_entry_without_hours_has_those_of_its_team() -> None:
    entry = make_entry(team=give_hours(make_team()))
    assert not is_open(entry, MONDAY_EVENING)
    assert next_opening(entry, MONDAY_EVENING) == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

    give_hours(entry, 18, 22)

    assert is_open(entry, MONDAY_EVENING)
    assert not is_open(entry, MONDAY_NOON)


@pytest.mark.parametrize(
    ("own_zone", "team_zone", "has_own_hours", "opens_at_utc"),
    [
        ("", "", True, 7),  # the system's: Berlin
        ("Europe/London", "", True, 8),
        ("", "Europe/London", True, 8),
        ("Europe/Helsinki", "Europe/London", True, 6),
        ("Europe/Helsinki", "Europe/London", False, 8),  # the team's hours are meant where the team is
        ("Europe/Helsinki", "", False, 7),
        ("Not/AZone", "", True, 7),
    ],
)
def test_a_time_zone_belongs_to_its_hours(
    own_zone: str, team_zone: str, has_own_hours: bool, opens_at_utc: int
) -> None:
    team = give_hours(make_team(time_zone=team_zone))
    entry = make_entry(team=team, time_zone=own_zone)
    if has_own_hours:
        give_hours(entry)

    opens_at = next_opening(entry, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))

    assert opens_at == datetime(2026, 11, 23, opens_at_utc, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("whose", "has_hours", "is_open_then"),
    [("all", True, False), ("all", False, True), ("team", False, False), ("own", False, False), ("other", True, True)],
)
def test_which_days_off_close_an_entry(whose: str, has_hours: bool, is_open_then: bool) -> None:
    team = make_team()
    entry = make_entry(team=team)
    if has_hours:
        give_hours(entry)
    belongs_to = {"all": None, "team": team, "own": entry, "other": make_entry()}[whose]

    Holiday.objects.create(entry=belongs_to, date=date(2026, 11, 23), name="Feast")

    assert is_open(entry, MONDAY_NOON) is is_open_then


def test_closed_entries_are_found_with_reasons_by_three_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    team = give_hours(make_team())
    members = [make_entry(team=team) for _ in range(5)]
    resting = give_hours(make_entry(), 0, 23)
    Holiday.objects.create(entry=resting, date=date(2026, 11, 23), name="Inventory")
    always = make_entry()

    with django_assert_num_queries(3):
        closed = closed_entries({entry.pk for entry in (*members, resting, always)}, at=MONDAY_EVENING)

    assert set(closed) == {*(entry.pk for entry in members), resting.pk}
    assert closed[members[0].pk].holiday is None
    assert closed[members[0].pk].opens_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert closed[resting.pk].holiday == "Inventory"
    assert closed_entries(set()) == {}
