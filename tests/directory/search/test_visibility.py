"""Who sees and uses which entry: in the picker, among favourites and recents, and when a transfer is asked for."""

import uuid
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from tests.factories import make_call, make_destination, make_entry, make_transfer, make_user
from transfers.directory import Results, favourites_of, find_destinations, recents_of, set_favourite
from transfers.lifecycle import requests
from transfers.lifecycle.refusals import DestinationNotInDirectory
from transfers.models import Destination, DirectoryEntry, OpeningHours, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def names_in(results: Results) -> list[str]:
    return [option.name for group in results.groups for option in group.options if option.name]


def hidden_entry(**fields: str) -> Destination:
    """An entry for supervisors alone."""
    return make_destination(name="Secret desk", audience=[Group.objects.get(name="supervisor")], **fields)


def ask(user: User, destination: Destination, *, directory_id: int | None, address: str = "") -> Transfer:
    return requests.request_transfer(
        user=user,
        call_uuid=make_call(agent=user).call_uuid,
        destination_type=destination.destination_type,
        address=address or destination.address,
        note="",
        request_key=uuid.uuid4(),
        destination_id=directory_id,
    )


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("ada", {"For all", "For agents", "Of ada"}),
        ("ben", {"For all", "For agents", "Of ben"}),
        ("sue", {"For all", "For agents", "For supervisors"}),
    ],
)
def test_the_picker_lists_what_a_person_may_use(
    request: pytest.FixtureRequest, ada: User, ben: User, who: str, seen: set[str]
) -> None:
    make_destination(name="For all")
    make_destination(name="For agents", audience=[Group.objects.get(name="agent")])
    make_destination(name="For supervisors", audience=[Group.objects.get(name="supervisor")])
    make_destination(name="Of ada", owner=ada)
    make_destination(name="Of ben", owner=ben)
    make_destination(name="Switched off", is_active=False)

    results = find_destinations(user=request.getfixturevalue(who))

    assert set(names_in(results)) == seen
    assert results.total == len(seen)


def test_the_total_is_the_number_of_usable_addresses(ada: User, ben: User) -> None:
    make_destination(name="For all")
    make_destination(name="Switched off", is_active=False)
    make_destination(name="Of ada", owner=ada)
    make_destination(name="Of ada, switched off", owner=ada, is_active=False)
    make_destination(name="Of ben", owner=ben)

    visible = Destination.objects.visible_to(ada)

    assert visible.active().count() == len(visible.active()) == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what its tables hold")
def test_addresses_are_found_by_an_index_and_words_by_one_scan(ada: User) -> None:
    usable = Destination.objects.usable_by(ada)

    by_address = usable.filter(address__in=["+4922147105630", "vertrieb"]).explain()
    by_word = usable.filter(search_text__contains="vertrieb").explain()

    assert "destination_by_address" in by_address
    assert "SCAN transfers_destination" in by_word


def test_a_member_of_the_audience_may_use_the_entry(ada: User, ben: User) -> None:
    nights = Group.objects.create(name="Night shift")
    make_destination(name="Night desk", audience=[nights, Group.objects.get(name="supervisor")])
    ada.groups.add(nights)

    assert names_in(find_destinations(user=ada)) == ["Night desk"]
    assert names_in(find_destinations(user=ben)) == []


def test_a_hidden_entry_is_not_among_favourites_and_recents(ada: User) -> None:
    destination = make_destination(name="Desk")
    set_favourite(user=ada, destination_id=destination.pk, is_favourite=True)
    make_transfer(agent=ada, destination=destination.address, state=TransferState.ANSWERED)
    assert [option.name for option in (*favourites_of(ada), *recents_of(ada))] == ["Desk", "Desk"]

    destination.entry.audience.set([Group.objects.get(name="supervisor")])

    assert favourites_of(ada) == []
    assert [option.name for option in recents_of(ada)] == [""]  # where they sent a call stays, without its name


def test_a_hidden_entry_becomes_no_favourite_and_frees_its_key(ada: User) -> None:
    hidden = hidden_entry()
    with pytest.raises(Destination.DoesNotExist):
        set_favourite(user=ada, destination_id=hidden.pk, is_favourite=True)
    destinations = [make_destination() for _ in range(10)]
    for destination in destinations[:9]:
        set_favourite(user=ada, destination_id=destination.pk, is_favourite=True)

    destinations[4].entry.audience.set([Group.objects.get(name="supervisor")])

    assert set_favourite(user=ada, destination_id=destinations[9].pk, is_favourite=True) == 5


def test_a_hidden_number_is_offered_as_typed_without_its_name(ada: User) -> None:
    hidden = hidden_entry(destination_type="external_number", address="+492214710480")

    results = find_destinations(user=ada, text="0221 4710480")
    transfer = ask(ada, hidden, directory_id=None)

    [option] = results.groups[0].options
    assert (option.is_typed, option.address) == (True, "+492214710480")
    assert transfer.destination_name == ""


@pytest.mark.parametrize("wrong", ["hidden", "of another", "switched off", "unknown", "another address", "of no one"])
def test_no_transfer_goes_to_an_entry_that_the_person_may_not_use(ada: User, ben: User, wrong: str) -> None:
    fields: dict[str, dict[str, Any]] = {
        "hidden": {"audience": [Group.objects.get(name="supervisor")]},
        "of another": {"owner": ben},
        "switched off": {"is_active": False},
    }
    destination = make_destination(**fields.get(wrong, {}))
    directory_id = {"unknown": 4711, "of no one": 0}.get(wrong, destination.pk)
    address = "changed.since" if wrong == "another address" else ""

    with pytest.raises(DestinationNotInDirectory):
        ask(ada, destination, directory_id=directory_id, address=address)

    assert not Transfer.objects.exists()


def test_a_transfer_has_the_name_that_its_agent_sees(ada: User, ben: User) -> None:
    shared = make_destination(name="Front desk", address="desk")
    make_destination(name="Anna", address="desk", owner=ada)
    make_destination(name="Secret", address="desk", owner=ben)

    assert ask(ada, shared, directory_id=None).destination_name == "Anna"
    assert ask(make_user(role="agent"), shared, directory_id=shared.pk).destination_name == "Front desk"


def test_the_same_form_is_the_same_transfer_after_its_entry_is_deleted(ada: User) -> None:
    destination, key, call = make_destination(), uuid.uuid4(), make_call(agent=ada)
    form: dict[str, Any] = {
        "user": ada,
        "call_uuid": call.call_uuid,
        "destination_type": destination.destination_type,
        "address": destination.address,
        "note": "",
        "request_key": key,
        "destination_id": destination.pk,
    }
    first = requests.request_transfer(**form)
    DirectoryEntry.objects.filter(pk=destination.entry_id).update(is_active=False)

    assert requests.request_transfer(**form) == first


def test_a_closed_entry_is_listed_with_the_reason(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_entry(kind="team", name="Team")
    OpeningHours.objects.create(entry=team, weekday=0, opens=time(8), closes=time(17))
    make_destination(name="Closed", team=team)
    make_destination(name="Open")
    evening = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    monkeypatch.setattr("transfers.directory.hours.opening.timezone.now", lambda: evening)

    options = [option for group in find_destinations(user=ada).groups for option in group.options]

    closed, opened = options
    assert (closed.name, opened.name, opened.closed) == ("Closed", "Open", None)
    assert closed.closed is not None
    assert closed.closed.opens_at == datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def test_several_addresses_of_an_entry_are_several_options_with_their_labels(ada: User) -> None:
    entry = make_entry(name="Kessler")
    make_destination(entry=entry, address="kessler.m", label="desk")
    make_destination(entry=entry, destination_type="external_number", address="+491713920033", label="mobile")

    options = [option for group in find_destinations(user=ada, text="kessler").groups for option in group.options]
    by_label = find_destinations(user=ada, text="kessler mobile")

    assert {(option.name, option.label) for option in options if option.name} == {
        ("Kessler", "desk"),
        ("Kessler", "mobile"),
    }
    assert [option.address for group in by_label.groups for option in group.options] == ["+491713920033"]
