"""The demo's people and directory: complete, usable, and unchanged by a second run."""

from importlib import import_module

import pytest
from django.core.management import CommandError, call_command

from transfers.destination_policy import check_destination
from transfers.directory import favourites_of
from transfers.models import AgentAddress, Destination, DestinationType, ServiceNumber, User

PASSWORD = "a password for the demo"


@pytest.fixture(autouse=True)
def _without_password_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)


def test_four_people_can_sign_in_with_their_roles_and_phones(db: None) -> None:
    call_command("load_demo", password=PASSWORD)

    people = {user.username: user for user in User.objects.all()}
    assert {name: [group.name for group in user.groups.all()] for name, user in people.items()} == {
        "ada": ["agent"],
        "ben": ["agent"],
        "sue": ["supervisor"],
        "root": ["administrator"],
    }
    assert all(user.check_password(PASSWORD) for user in people.values())
    assert [name for name, user in people.items() if user.is_staff] == ["root"]
    assert people["ben"].language == "de"
    assert set(people["ada"].addresses.values_list("address", flat=True)) == {"ada", "+4922147100561"}


def test_every_destination_is_allowed_and_searchable(db: None) -> None:
    call_command("load_demo", password=PASSWORD)

    entries = list(Destination.objects.all())
    assert len(entries) >= 30
    assert {entry.destination_type for entry in entries} == set(DestinationType.values)
    for entry in entries:
        checked = check_destination(destination_type=entry.destination_type, address=entry.address)
        assert checked.address == entry.address
        assert entry.search_text


def test_simulator_knows_every_sip_name_and_service_number(db: None) -> None:
    fiction = import_module("simulator.fiction")

    call_command("load_demo", password=PASSWORD)

    sip_users = set(Destination.objects.filter(destination_type="sip_user").values_list("address", flat=True))
    sip_trunks = set(Destination.objects.filter(destination_type="sip_trunk").values_list("address", flat=True))
    assert sip_users <= set(fiction.SPECIALISTS)
    assert sip_trunks <= set(fiction.SIP_TRUNKS)
    assert dict(ServiceNumber.objects.values_list("number", "name")) == fiction.SERVICE_NUMBERS


def test_agents_have_favourites(db: None) -> None:
    call_command("load_demo", password=PASSWORD)

    ada, ben = (User.objects.get(username=name) for name in ("ada", "ben"))
    assert favourites_of(ada)[0].name == "Haustechnik Bereitschaft"
    assert [option.favourite_position for option in favourites_of(ada)] == [1, 2, 3, 4, 5, 6]
    assert [option.favourite_position for option in favourites_of(ben)] == [1, 2, 3]


def test_second_run_keeps_changes_and_sets_the_new_password(db: None) -> None:
    call_command("load_demo", password=PASSWORD)
    ada = User.objects.get(username="ada")
    ada.language = "de"
    ada.save()
    ada.addresses.all().delete()
    ada.favourites.all().delete()
    entry = Destination.objects.get(address="kessler.m")
    entry.entry.name, entry.entry.is_active = "Frau Kessler", False
    entry.entry.save()
    counts = (User.objects.count(), Destination.objects.count(), ServiceNumber.objects.count())

    call_command("load_demo", password="another password")

    ada.refresh_from_db()
    entry.refresh_from_db()
    assert ada.check_password("another password")
    assert (ada.language, ada.addresses.count(), ada.favourites.count()) == ("de", 0, 0)
    assert (entry.name, entry.is_active) == ("Frau Kessler", False)
    assert (User.objects.count(), Destination.objects.count(), ServiceNumber.objects.count()) == counts


def test_phone_of_another_person_is_not_reassigned(stranger: User) -> None:
    AgentAddress.objects.create(user=stranger, address="ada")

    call_command("load_demo", password=PASSWORD)

    assert AgentAddress.objects.get(address="ada").user == stranger


def test_nothing_is_loaded_without_a_password(db: None) -> None:
    with pytest.raises(CommandError, match="password"):
        call_command("load_demo")

    assert not User.objects.exists()


def test_password_may_come_from_the_environment(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)

    call_command("load_demo")

    assert User.objects.get(username="sue").check_password(PASSWORD)
