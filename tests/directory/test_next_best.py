"""After a failure the caller is not lost: who is like the one that failed, open now, and allowed."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from tests.factories import make_call, make_destination, make_entry, make_transfer
from transfers.directory import next_best, set_favourite
from transfers.models import (
    AvailabilityState,
    Destination,
    DirectoryEntry,
    Holiday,
    OpeningHours,
    SipUser,
    Transfer,
    TransferState,
    User,
)

NUMBER = "external_number"


@pytest.fixture
def gas(db: None) -> Destination:
    """What the transfers of these tests failed at."""
    return make_destination(name="Gas", department="Technik", tags=["Notfall", "Gas"])


def failed(ada: User, at: Destination, **overrides: Any) -> Transfer:
    values = {"state": TransferState.NOT_ANSWERED, "destination_type": at.destination_type, **overrides}
    return make_transfer(agent=ada, destination=at.address, **values)


def close_today(entry: DirectoryEntry) -> None:
    """Close an entry for as long as a test may run, midnight or not."""
    for days in (0, 1):
        Holiday.objects.create(entry=entry, date=timezone.localdate() + timedelta(days=days))


def offered(ada: User, transfer: Transfer) -> list[str]:
    return [f"{option.name} {option.label}".strip() for option in next_best(user=ada, transfer=transfer)]


def test_another_address_of_the_same_entry_comes_first_then_tag_and_department_then_a_tag(
    ada: User, gas: Destination
) -> None:
    make_destination(name="Anton", department="Technik")
    make_destination(name="Strom", department="Netz", tags=["notfall"])
    make_destination(name="Wasser", department="Technik", tags=["Notfall"])
    make_destination(name="Presse", department="Unternehmen", tags=["Notfallkommunikation"])  # begins alike, no more
    make_destination(entry=gas.entry, label="mobile", destination_type=NUMBER, address="+491713920012")

    assert offered(ada, failed(ada, gas)) == ["Gas mobile", "Wasser", "Strom"]


def test_among_equals_used_ones_come_first_and_three_are_offered(ada: User, gas: Destination) -> None:
    colleagues = {name: make_destination(name=name, department="Technik") for name in "ABCDE"}
    make_transfer(agent=ada, destination=colleagues["D"].address, state=TransferState.ANSWERED)
    set_favourite(user=ada, destination_id=colleagues["E"].pk, is_favourite=True)

    assert offered(ada, failed(ada, gas)) == ["D", "E", "A"]


def test_in_a_large_department_used_destinations_are_still_offered(ada: User, gas: Destination) -> None:
    for number in range(80):
        make_destination(name=f"A {number:02}", department="Technik")
    last = make_destination(name="Z", department="Technik")
    make_transfer(agent=ada, destination=last.address, state=TransferState.ANSWERED)

    assert offered(ada, failed(ada, gas)) == ["Z", "A 00", "A 01"]


def test_a_closed_destination_is_not_offered(ada: User, gas: Destination) -> None:
    closed = make_destination(name="Closed", department="Technik")
    on_holiday = make_destination(name="Day off", department="Technik")
    make_destination(name="Open", department="Technik")
    later = timezone.localdate() + timedelta(days=2)
    OpeningHours.objects.create(entry=closed.entry, weekday=later.weekday(), opens=time(8), closes=time(9))
    close_today(on_holiday.entry)

    assert offered(ada, failed(ada, gas)) == ["Open"]


def test_an_unusable_destination_is_not_offered(ada: User, ben: User, gas: Destination) -> None:
    others = Group.objects.create(name="others")
    make_destination(name="Off", department="Technik", is_active=False)
    make_destination(name="Ben's", department="Technik", owner=ben)
    make_destination(name="For others", department="Technik", audience=[others])
    make_destination(name="Jamaica", department="Technik", destination_type=NUMBER, address="+18765551234")

    assert offered(ada, failed(ada, gas)) == []


def test_a_destination_that_failed_for_this_call_is_not_offered(ada: User, gas: Destination) -> None:
    call = make_call(agent=ada)
    first = make_destination(name="First", department="Technik")
    make_destination(name="Second", department="Technik")
    failed(ada, first, call=call, state=TransferState.REJECTED)

    assert offered(ada, failed(ada, gas, call=call)) == ["Second"]


@pytest.mark.parametrize(
    "state", [TransferState.ANSWERED, TransferState.NOT_SENT, TransferState.CANCELLED, TransferState.UNKNOWN]
)
def test_nothing_is_offered_if_the_transfer_failed_for_another_reason(
    ada: User, gas: Destination, state: TransferState
) -> None:
    make_destination(name="Anton", department="Technik")

    assert offered(ada, failed(ada, gas, state=state)) == []


def test_without_department_and_tags_nothing_is_offered(ada: User, db: None) -> None:
    make_destination(name="Without a department")
    bare = make_destination(name="Bare")
    typed = make_transfer(
        agent=ada, destination_type=NUMBER, destination="+492215540030", state=TransferState.NOT_ANSWERED
    )

    assert offered(ada, failed(ada, bare)) == []
    assert offered(ada, typed) == []


def test_the_hours_of_the_team_count(ada: User, gas: Destination) -> None:
    team = make_entry(kind="team", name="Team", department="Elsewhere")
    make_destination(name="Member", department="Technik", team=team)
    close_today(team)

    assert offered(ada, failed(ada, gas)) == []


def test_an_agent_who_is_away_comes_last(ada: User, gas: Destination) -> None:
    away = make_destination(name="Anton", department="Technik")
    make_destination(name="Berta", department="Technik")
    now = timezone.now()
    SipUser.objects.create(
        user_name=away.address,
        remote={},
        remote_since=now,
        availability=AvailabilityState.NOT_AVAILABLE,
        availability_at=now,
    )

    assert offered(ada, failed(ada, gas)) == ["Berta", "Anton"]
