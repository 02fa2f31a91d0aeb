"""What is most likely stands first: own use, where this caller went last, favourites, then the text."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_call, make_destination, make_transfer
from transfers.calls import digest_caller
from transfers.directory import Option, Results, find_destinations, set_favourite
from transfers.models import Call, Destination, DirectoryEntry, TransferState, User

CALLER = "+493023125417"


def call_of(number: str = CALLER, **overrides: object) -> Call:
    return make_call(caller_number=number, caller_digest=digest_caller(number), **overrides)


def transfer_caller(to: Destination, *, number: str = CALLER, minutes: int = 60, **overrides: object) -> None:
    """Let another agent have transferred an earlier call of the caller."""
    values = {"state": TransferState.ANSWERED, "requested_at": timezone.now() - timedelta(minutes=minutes), **overrides}
    address = {"destination_type": to.destination_type, "destination": to.address}
    make_transfer(call=call_of(number), **address, **values)


def shown(results: Results) -> list[tuple[str, list[str]]]:
    groups = [group for group in results.groups if group.kind != "typed"]
    return [(group.kind, [option.name or option.address for option in group.options]) for group in groups]


def option(results: Results, name: str) -> Option:
    [found] = [each for group in results.groups for each in group.options if each.name == name]
    return found


@pytest.fixture
def tax(db: None) -> dict[str, Destination]:
    """Four entries that the same text finds."""
    names = ("Tax Anton", "Tax Berta", "Tax Carla", "Tax Dora")
    return {name.removeprefix("Tax "): make_destination(name=name) for name in names}


def test_results_are_ordered_by_own_use_then_the_callers_last_destination_then_favourites(
    ada: User, tax: dict[str, Destination]
) -> None:
    set_favourite(user=ada, destination_id=tax["Berta"].pk, is_favourite=True)
    transfer_caller(tax["Carla"])
    make_transfer(agent=ada, destination=tax["Dora"].address, state=TransferState.ANSWERED)

    results = find_destinations(user=ada, text="tax", call=call_of())

    assert shown(results) == [
        ("recent", ["Tax Dora"]),
        ("last_time", ["Tax Carla"]),
        ("favourites", ["Tax Berta"]),
        ("directory", ["Tax Anton"]),
    ]


def test_without_a_text_the_callers_last_destination_is_above_the_favourites(
    ada: User, tax: dict[str, Destination]
) -> None:
    for name in ("Dora", "Berta"):
        set_favourite(user=ada, destination_id=tax[name].pk, is_favourite=True)
    transfer_caller(tax["Carla"])
    make_transfer(agent=ada, destination=tax["Berta"].address, state=TransferState.ANSWERED)

    results = find_destinations(user=ada, call=call_of())

    assert shown(results) == [
        ("last_time", ["Tax Carla"]),
        ("favourites", ["Tax Dora", "Tax Berta"]),
        ("directory", ["Tax Anton"]),
    ]


def test_in_every_group_an_option_has_the_time_of_the_callers_last_transfer(
    ada: User, tax: dict[str, Destination]
) -> None:
    set_favourite(user=ada, destination_id=tax["Berta"].pk, is_favourite=True)
    make_transfer(agent=ada, destination=tax["Berta"].address, state=TransferState.ANSWERED)
    transfer_caller(tax["Anton"], minutes=90)
    transfer_caller(tax["Berta"], minutes=60)

    results = find_destinations(user=ada, text="tax", call=call_of())

    assert shown(results)[0] == ("recent", ["Tax Berta"])
    assert option(results, "Tax Berta").favourite_position == 1
    assert option(results, "Tax Berta").last_time_at is not None
    assert option(results, "Tax Anton").last_time_at is None  # only the last time is the last time


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("+493023125418", TransferState.ANSWERED),
        (CALLER, TransferState.NOT_ANSWERED),
        (CALLER, TransferState.REJECTED),
        (CALLER, TransferState.CANCELLED),
        (CALLER, TransferState.ACCEPTED),
        (CALLER, TransferState.UNKNOWN),
    ],
)
def test_only_answered_transfers_of_the_same_caller_count(
    ada: User, tax: dict[str, Destination], number: str, state: TransferState
) -> None:
    transfer_caller(tax["Carla"], number=number, state=state)

    results = find_destinations(user=ada, call=call_of())

    assert [kind for kind, _ in shown(results)] == ["directory"]


@pytest.mark.parametrize("withheld", ["", "anonymous"])
def test_callers_with_withheld_numbers_are_not_the_same_caller(
    ada: User, tax: dict[str, Destination], withheld: str
) -> None:
    transfer_caller(tax["Carla"], number=withheld)

    results = find_destinations(user=ada, call=call_of(withheld))

    assert [kind for kind, _ in shown(results)] == ["directory"]


def test_the_callers_last_destination_stays_hidden_from_agents_who_may_not_see_it(ada: User, ben: User) -> None:
    transfer_caller(make_destination(name="Ben's own", owner=ben))
    switched_off = make_destination(name="Old desk")
    transfer_caller(switched_off, number="+493023125418")
    DirectoryEntry.objects.filter(pk=switched_off.entry_id).update(is_active=False)
    make_transfer(  # a number that Ben typed
        call=call_of("+493023125419"),
        agent=ben,
        destination_type="external_number",
        destination="+492215540030",
        state=TransferState.ANSWERED,
    )

    results = [find_destinations(user=ada, call=call_of(f"+49302312541{last}")) for last in (7, 8, 9)]

    assert [shown(each) for each in results] == [[], [], []]


def test_the_callers_last_destination_is_shown_only_if_the_text_matches(ada: User, tax: dict[str, Destination]) -> None:
    transfer_caller(tax["Carla"])

    assert shown(find_destinations(user=ada, text="berta", call=call_of())) == [("directory", ["Tax Berta"])]
    assert find_destinations(user=ada, destination_type="sip_trunk", call=call_of()).groups == ()


def test_the_callers_last_destination_is_read_by_an_index(ada: User, tax: dict[str, Destination]) -> None:
    for number in range(40):
        transfer_caller(tax["Anton"], number=f"+4930231254{number:02}")
    transfer_caller(tax["Carla"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find_destinations(user=ada, call=call_of())
    [read] = [each["sql"] for each in queries if '"caller_digest" = ' in each["sql"]]

    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows would be read without any index
        cursor.execute(explain + read)
        plan = str(cursor.fetchall())

    assert "caller_digest" in plan
