"""The one writer of the directory: what it takes, what it refuses, what it writes down, and who may."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from tests.factories import make_destination, make_entry, make_transfer, make_user
from transfers.directory import (
    Address,
    DayOff,
    EntryChangedMeanwhile,
    EntryData,
    EntryInUse,
    EntryNotFound,
    EntryRefused,
    change_entry,
    change_holidays_for_all,
    create_entry,
    delete_entry,
    read_data,
    set_favourite,
)
from transfers.directory.entry_check import check_entry
from transfers.directory.hours.parsing import read_hours
from transfers.models import (
    AuditEntry,
    Destination,
    DirectoryChange,
    DirectoryEntry,
    Holiday,
    OpeningHours,
    TransferState,
    User,
)

pytestmark = pytest.mark.django_db

NUMBER, SIP_USER = "external_number", "sip_user"


def make_data(**fields: Any) -> EntryData:
    values: dict[str, Any] = {"kind": "person", "name": "Jürgen Müller", "addresses": (Address(SIP_USER, "mueller.j"),)}
    return EntryData(**{**values, **fields})


def problems_of(data: EntryData, **where: Any) -> dict[str, str]:
    with pytest.raises(EntryRefused) as refused:
        create_entry(by="set-up", data=data, **where)
    return refused.value.problems


def test_all_fields_of_an_entry_are_saved_and_read_again(sue: User) -> None:
    team = make_entry(kind="team", name="Vertrieb")
    agents = Group.objects.get(name="agent")
    data = make_data(
        department=" Vertrieb  West ",
        tags=("Gas", "gas", " Strom"),
        note="Only\nmornings",
        team_id=team.pk,
        audience=frozenset({agents.pk}),
        time_zone="Europe/Lisbon",
        key="P-17",
        addresses=(Address(NUMBER, "0221/47 10 48-0", "desk"), Address(SIP_USER, " mueller.j ")),
        hours=read_hours("Mon-Fri 8-12, 13-17"),
        days_off=(DayOff(date(2026, 12, 24), "Christmas Eve"),),
    )

    entry = create_entry(by=sue, data=data)

    assert read_data(DirectoryEntry.objects.get(pk=entry.pk)) == replace(
        data,
        department="Vertrieb West",
        tags=("Gas", "Strom"),
        note="Only mornings",
        addresses=(Address(NUMBER, "+492214710480", "desk"), Address(SIP_USER, "mueller.j")),
    )
    assert Destination.objects.get(address="mueller.j").search_text.startswith("juergen mueller\n")


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": " \x00 "}, "name", "Enter a name"),
        ({"name": "x" * 121}, "name", "120"),
        ({"note": "x" * 301}, "note", "300"),
        ({"tags": tuple(map(str, range(21)))}, "tags", "20 tags"),
        ({"kind": "robot"}, "kind", "stands for"),
        ({"time_zone": "Europe/Köln"}, "time_zone", "not known"),
        ({"team_id": 4711}, "team_id", "not in the directory"),
        ({"audience": frozenset({4711})}, "audience", "groups that exist"),
        ({"addresses": ()}, "addresses", "at least one"),
        ({"addresses": (Address(NUMBER, "0221 47"),)}, "addresses.0", "too short"),
        ({"addresses": (Address(SIP_USER, "a"), Address(NUMBER, "0900 1234567"))}, "addresses.1", "Premium"),
        ({"addresses": (Address(SIP_USER, "a"), Address(SIP_USER, " a"))}, "addresses.1", "twice"),
        ({"addresses": (Address(SIP_USER, "taken"),)}, "addresses.0", "“Somebody”"),
        ({"addresses": (Address("pigeon", "taken"),)}, "addresses.0", "Choose a phone number"),
        ({"key": "K1"}, "key", "Another entry"),
    ],
)
def test_an_invalid_field_is_refused_by_name(fields: dict[str, Any], field: str, words: str) -> None:
    make_destination(name="Somebody", address="taken", key="K1")

    problems = problems_of(make_data(**fields))

    assert words in problems[field]
    assert DirectoryEntry.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_team_needs_no_address_and_belongs_to_no_team() -> None:
    team = create_entry(by="set-up", data=make_data(kind="team", addresses=()))

    problems = problems_of(make_data(kind="team", addresses=(), team_id=team.pk))

    assert "no team" in problems["team_id"]


def test_a_team_with_members_stays_a_team() -> None:
    team = make_entry(kind="team")
    make_entry(team=team)

    with pytest.raises(EntryRefused) as refused:
        change_entry(by="set-up", entry_id=team.pk, version=1, data=make_data())

    assert "members" in refused.value.problems["kind"]


def test_a_personal_entry_may_repeat_a_shared_address_but_no_personal_one(ada: User, ben: User) -> None:
    make_destination(address="mueller.j")

    create_entry(by=ada, data=make_data(), owner=ada)
    create_entry(by=ben, data=make_data(), owner=ben)

    assert "“Jürgen Müller”" in problems_of(make_data(), owner=ada)["addresses.0"]
    assert set(problems_of(make_data(key="x", kind="team"), owner=ada)) >= {"key", "kind"}
    assert Destination.objects.filter(address="mueller.j").count() == 3


def test_an_address_is_unique_among_shared_entries_and_for_each_owner(ada: User) -> None:
    make_destination(address="same")
    make_destination(address="same", owner=ada)

    for owner in (None, ada):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_destination(address="same", owner=owner)


def test_each_change_is_recorded_with_old_and_new_value(sue: User) -> None:
    team = make_entry(kind="team", name="Nachtschicht")
    entry = create_entry(by=sue, data=make_data())
    agents = Group.objects.get(name="agent")

    changed = change_entry(
        by=sue,
        entry_id=entry.pk,
        version=1,
        data=make_data(
            name="J. Müller",
            team_id=team.pk,
            audience=frozenset({agents.pk}),
            hours=read_hours("Mon 8-17"),
            days_off=(DayOff(date(2026, 12, 24), "Eve"),),
            addresses=(Address(SIP_USER, "mueller.j", "desk"),),
            is_active=False,
        ),
    )

    assert changed.version == 2
    added, log = DirectoryChange.objects.filter(entry=entry).order_by("pk")
    assert {"field": "name", "old": None, "new": "Jürgen Müller"} in added.changes
    assert log.actor_name == sue.display_name
    assert {change["field"]: (change["old"], change["new"]) for change in log.changes} == {
        "name": ("Jürgen Müller", "J. Müller"),
        "addresses": ([["sip_user", "mueller.j", ""]], [["sip_user", "mueller.j", "desk"]]),
        "is_active": (True, False),
        "team": ("", "Nachtschicht"),
        "audience": ([], ["agent"]),
        "hours": ([], [[0, "08:00", "17:00"]]),
        "days_off": ([], [["2026-12-24", "Eve"]]),
    }
    recorded = AuditEntry.objects.filter(action="directory_changed").get()
    assert recorded.actor == str(sue.pseudonym)
    assert "J. Müller" in recorded.detail.payload
    assert '"old":"Jürgen Müller"' in recorded.detail.payload.replace('": "', '":"')


def test_saving_without_a_change_records_nothing(sue: User) -> None:
    entry = create_entry(by=sue, data=make_data())

    same = change_entry(
        by=sue, entry_id=entry.pk, version=99, data=make_data(addresses=(Address(SIP_USER, "mueller.j "),))
    )

    assert same.version == 1
    assert DirectoryChange.objects.count() == AuditEntry.objects.count() == 1


def test_saving_over_a_newer_version_is_refused(sue: User, root_admin: User) -> None:
    entry = create_entry(by=sue, data=make_data())
    change_entry(by=root_admin, entry_id=entry.pk, version=1, data=make_data(note="of the other"))

    with pytest.raises(EntryChangedMeanwhile) as faster:
        change_entry(by=sue, entry_id=entry.pk, version=1, data=make_data(note="mine"))

    assert (faster.value.entry.note, faster.value.entry.version) == ("of the other", 2)
    assert DirectoryEntry.objects.get(pk=entry.pk).note == "of the other"
    assert change_entry(by=sue, entry_id=entry.pk, version=2, data=make_data(note="mine")).note == "mine"


def test_corrected_and_reordered_addresses_keep_their_favourites(ada: User) -> None:
    first, second = Address(NUMBER, "+492214710480"), Address(NUMBER, "+492214710481")
    entry = create_entry(by="set-up", data=make_data(addresses=(first, second)))
    kept = Destination.objects.get(address=second.address)
    set_favourite(user=ada, destination_id=kept.pk, is_favourite=True)

    moved = make_data(addresses=(second, first))
    change_entry(by="set-up", entry_id=entry.pk, version=1, data=moved)
    corrected = make_data(addresses=(Address(NUMBER, "+492214710499"), first))
    change_entry(by="set-up", entry_id=entry.pk, version=2, data=corrected)

    kept.refresh_from_db()
    assert (kept.address, kept.position) == ("+492214710499", 0)
    assert kept.search_text.endswith("02214710499")
    assert ada.favourites.get().destination_id == kept.pk


def test_an_address_taken_between_check_and_write_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second writer's look finds nothing yet; the database refuses, and the second look says who was faster."""
    look = check_entry
    looks: list[EntryData] = []

    def look_too_early(data: EntryData, **where: Any) -> EntryData:
        looks.append(data)
        if len(looks) == 1:
            return data
        return look(data, **where)

    make_destination(name="Faster", address="mueller.j")
    monkeypatch.setattr("transfers.directory.editing.check_entry", look_too_early)

    problems = problems_of(make_data())

    assert "“Faster”" in problems["addresses.0"]
    assert DirectoryEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "shared", "own", "of_another"),
    [
        ("ada", False, True, False),
        ("sue", True, True, False),
        ("root_admin", True, False, False),
        ("stranger", False, False, False),
    ],
)
def test_who_may_write_which_entries(
    request: pytest.FixtureRequest, who: str, shared: bool, own: bool, of_another: bool
) -> None:
    user: User = request.getfixturevalue(who)
    other = make_user(role="agent")

    def may(owner: User | None) -> bool:
        try:
            entry = create_entry(by=user, data=make_data(addresses=(Address(SIP_USER, f"of.{owner}"),)), owner=owner)
        except EntryNotFound:
            return False
        return (
            change_entry(by=user, entry_id=entry.pk, version=1, data=replace(read_data(entry), note="x")).version == 2
        )

    assert (may(None), may(user), may(other)) == (shared, own, of_another)


@pytest.mark.parametrize("who", ["ada", "sue", "root_admin"])
def test_nobody_changes_or_deletes_an_entry_without_permission(request: pytest.FixtureRequest, who: str) -> None:
    user: User = request.getfixturevalue(who)
    personal = make_destination(owner=make_user(role="agent")).entry
    shared = make_destination().entry

    for entry in [personal, *([shared] if who == "ada" else [])]:
        with pytest.raises(EntryNotFound):
            change_entry(by=user, entry_id=entry.pk, version=1, data=make_data())
        with pytest.raises(EntryNotFound):
            delete_entry(by=user, entry_id=entry.pk)
    assert not AuditEntry.objects.exists()


def test_only_an_unused_entry_is_deleted_and_that_is_recorded(sue: User, ada: User) -> None:
    used, unused, team = make_destination(), make_destination(name="Unused"), make_entry(kind="team")
    make_entry(team=team)
    make_transfer(agent=ada, destination=used.address, state=TransferState.ANSWERED)

    for entry in (used.entry, team):
        with pytest.raises(EntryInUse):
            delete_entry(by=sue, entry_id=entry.pk)
    delete_entry(by=sue, entry_id=unused.entry_id)

    assert not DirectoryEntry.objects.filter(name="Unused").exists()
    recorded = AuditEntry.objects.get(action="directory_removed")
    assert "Unused" in recorded.detail.payload


def test_a_colleagues_transfer_does_not_make_a_personal_entry_used(ada: User, ben: User) -> None:
    own = make_destination(owner=ada, address="friend")
    make_transfer(agent=ben, destination="friend", state=TransferState.ANSWERED)

    delete_entry(by=ada, entry_id=own.entry_id)

    assert not DirectoryEntry.objects.exists()


def test_only_managers_change_the_holidays_for_all(sue: User, ada: User) -> None:
    days = [DayOff(date(2026, 12, 26), "Boxing Day"), DayOff(date(2026, 12, 25), "")]

    change_holidays_for_all(by=sue, days_off=days)
    change_holidays_for_all(by=sue, days_off=reversed(days))
    with pytest.raises(EntryNotFound):
        change_holidays_for_all(by=ada, days_off=[])

    assert Holiday.objects.filter(entry=None).count() == 2
    log = DirectoryChange.objects.get(entry=None)
    assert log.changes == [{"field": "days_off", "old": [], "new": [["2026-12-25", ""], ["2026-12-26", "Boxing Day"]]}]
    assert AuditEntry.objects.get().action == "holidays_changed"


def test_a_refused_change_writes_nothing() -> None:
    entry = create_entry(by="set-up", data=make_data(hours=read_hours("Mon 8-17")))
    make_destination(address="taken")

    with pytest.raises(EntryRefused):
        change_entry(by="set-up", entry_id=entry.pk, version=1, data=make_data(addresses=(Address(SIP_USER, "taken"),)))

    assert OpeningHours.objects.filter(entry=entry).count() == 1
    assert DirectoryEntry.objects.get(pk=entry.pk).version == 1
