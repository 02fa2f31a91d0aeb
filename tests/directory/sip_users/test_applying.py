"""What is ticked is applied, and nothing else: new, changed, gone, back again, decided against."""

from typing import Any

import pytest

from simulator.server import Simulator
from tests.directory.sip_users.asking import anna, fetch, item_of, list_only
from tests.factories import make_destination
from transfers import directory
from transfers.audit_log import AuditAction
from transfers.directory import read_data
from transfers.directory.sip_users import Kind, apply_items, keep_items, read_fetch_state
from transfers.models import AuditEntry, Destination, DirectoryEntry, EntryKind, SipUser, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked_entry(simulator: Simulator, sue: User) -> DirectoryEntry:
    """Anna's entry, as it was taken over from TENIOS."""
    fetch(simulator)
    apply_items([item_of("anna").token], by=sue)
    return DirectoryEntry.objects.get()


def edit(entry: DirectoryEntry, sue: User, **changes: Any) -> None:
    """Edit an entry by hand."""
    entry.refresh_from_db()
    data = read_data(entry)
    values = {**{name: getattr(data, name) for name in data.__dataclass_fields__}, **changes}
    directory.change_entry(by=sue, entry_id=entry.pk, version=entry.version, data=directory.EntryData(**values))


def test_a_new_user_becomes_a_person_of_the_shared_directory(simulator: Simulator, sue: User) -> None:
    fetch(simulator)

    outcome = apply_items([item_of("anna").token], by=sue)

    destination = Destination.objects.select_related("entry").get()
    assert (outcome.done, outcome.changed_meanwhile, outcome.refused) == (1, 0, [])
    assert (destination.name, destination.address, destination.label) == ("Anna Arndt", "anna", "12")
    assert (destination.entry.kind, destination.entry.owner) == (EntryKind.PERSON, None)
    assert AuditEntry.objects.get().action == AuditAction.DIRECTORY_ADDED
    assert (item_of("anna").kind, read_fetch_state().waiting_count) == (Kind.SAME, 0)


def test_unedited_fields_follow_tenios_and_the_others_stay(
    simulator: Simulator, sue: User, linked_entry: DirectoryEntry
) -> None:
    edit(linked_entry, sue, department="Vertrieb", name="Anna aus Wien")
    list_only(simulator, anna(last_name="Berg", internal_extension="13"))
    fetch(simulator)

    apply_items([item_of("anna").token], by=sue)

    destination = Destination.objects.select_related("entry").get()
    assert (destination.name, destination.label, destination.department) == ("Anna aus Wien", "13", "Vertrieb")
    assert item_of("anna").kind == Kind.KEPT


def test_a_gone_user_is_switched_off_and_a_returning_one_switched_on(
    simulator: Simulator, sue: User, linked_entry: DirectoryEntry
) -> None:
    list_only(simulator, {})
    fetch(simulator)
    apply_items([item_of("anna").token], by=sue)
    linked_entry.refresh_from_db()
    was_active = linked_entry.is_active

    list_only(simulator, anna())
    fetch(simulator)
    apply_items([item_of("anna").token], by=sue)

    linked_entry.refresh_from_db()
    assert (was_active, linked_entry.is_active) == (False, True)


def test_an_entry_with_other_addresses_stays_active(
    simulator: Simulator, sue: User, linked_entry: DirectoryEntry
) -> None:
    mobile = directory.Address("external_number", "+491713920033", "mobile")
    edit(linked_entry, sue, addresses=(directory.Address("sip_user", "anna", "12"), mobile))
    list_only(simulator, {})
    fetch(simulator)
    apply_items([item_of("anna").token], by=sue)
    linked_entry.refresh_from_db()
    after_gone = (linked_entry.is_active, read_data(linked_entry).addresses)

    list_only(simulator, anna())
    fetch(simulator)
    apply_items([item_of("anna").token], by=sue)

    assert after_gone == (True, (mobile,))
    assert {each.address for each in read_data(linked_entry).addresses} == {"anna", "+491713920033"}


def test_an_entry_switched_off_by_hand_is_not_switched_on(
    simulator: Simulator, sue: User, linked_entry: DirectoryEntry
) -> None:
    edit(linked_entry, sue, is_active=False)
    list_only(simulator, {})
    fetch(simulator)
    list_only(simulator, anna())

    fetch(simulator)

    assert item_of("anna").kind in (Kind.KEPT, Kind.CHANGED)
    linked_entry.refresh_from_db()
    assert not linked_entry.is_active


@pytest.mark.parametrize("how", ["edited", "reported_anew", "decided", "nonsense", "another"])
def test_an_item_that_is_not_as_it_was_shown_is_skipped(
    simulator: Simulator, sue: User, linked_entry: DirectoryEntry, how: str
) -> None:
    list_only(simulator, anna(last_name="Berg"))
    fetch(simulator)
    token = item_of("anna").token
    if how == "edited":
        edit(linked_entry, sue, note="new")
    elif how == "reported_anew":
        list_only(simulator, anna(last_name="Clausen"))
        fetch(simulator)
    elif how == "decided":
        keep_items([token], by=sue)
    else:
        token = {"nonsense": "\x00", "another": f"{item_of('anna').row.pk}-{'0' * 24}"}[how]

    outcome = apply_items([token], by=sue)

    linked_entry.refresh_from_db()
    assert (outcome.done, outcome.changed_meanwhile) == (0, 1)
    assert linked_entry.name == "Anna Arndt"


def test_a_refused_item_does_not_stop_the_others(simulator: Simulator, sue: User) -> None:
    list_only(simulator, anna() | {"bert": {"first_name": "Bert"}})
    fetch(simulator)
    make_destination(name="Already there", address="anna")

    outcome = apply_items([item_of("anna").token, item_of("bert").token], by=sue)

    assert outcome.done == 1
    assert outcome.refused == [("Anna Arndt", "This is in the directory already, as “Already there”.")]
    assert Destination.objects.filter(address="bert").exists()


def test_a_new_user_can_be_left_out_for_good_and_added_later(simulator: Simulator, sue: User) -> None:
    fetch(simulator)

    keep_items([item_of("anna").token], by=sue)
    fetch(simulator)
    left_out = item_of("anna")
    apply_items([left_out.token], by=sue)

    assert left_out.kind == Kind.LEFT_OUT
    assert item_of("anna").kind == Kind.SAME


def test_a_gone_user_can_be_kept_active(simulator: Simulator, sue: User, linked_entry: DirectoryEntry) -> None:
    list_only(simulator, {})
    fetch(simulator)

    keep_items([item_of("anna").token], by=sue)
    fetch(simulator)

    linked_entry.refresh_from_db()
    assert (item_of("anna").kind, linked_entry.is_active, read_fetch_state().waiting_count) == (Kind.KEPT, True, 0)


def test_an_entry_deleted_by_hand_does_not_come_back_by_itself(
    simulator: Simulator, sue: User, linked_entry: DirectoryEntry
) -> None:
    directory.delete_entry(by=sue, entry_id=linked_entry.pk)

    fetch(simulator)

    assert item_of("anna").kind == Kind.LEFT_OUT
    assert SipUser.objects.get().entry is None


def test_without_the_permission_nothing_is_decided(simulator: Simulator, ada: User) -> None:
    fetch(simulator)
    token = item_of("anna").token

    with pytest.raises(directory.EntryNotFound):
        apply_items([token], by=ada)
    with pytest.raises(directory.EntryNotFound):
        keep_items([token], by=ada)

    assert item_of("anna").kind == Kind.NEW
