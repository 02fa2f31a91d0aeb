"""What a file does to the directory: what is found again, what is changed, what is refused, and all or nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import Settings

from tests.directory.files.files import csv_file, import_file, preview, results_of
from tests.factories import make_destination, make_entry
from transfers.destination_policy import add_rule, list_rules, remove_rule
from transfers.directory.files import applying, importing
from transfers.directory.files.applying import NumberRulesChanged
from transfers.directory.files.filling import DirectoryChangedMeanwhile, prepare_rows
from transfers.directory.files.importing import ImportGone
from transfers.models import (
    AuditDetail,
    AuditEntry,
    Destination,
    DirectoryChange,
    DirectoryEntry,
    DirectoryImport,
    DirectoryImportPart,
    Favourite,
    NumberRule,
    User,
)

UNCLEAR = "It is not clear which entry of this name is meant. Give the row the key of the entry."
NO_NAME = "SIP user: Enter the SIP name only: what stands between “sip:” and “@”."
NO_FIT = "This row does not fit the columns. Is a quotation mark or a separator amiss?"

pytestmark = pytest.mark.django_db


def outcome_of(content: bytes, *, by: User) -> list[tuple[Any, ...]]:
    """What the preview says: row, result, and for a bad one why."""
    rows = results_of(preview(content, by=by))
    return [(row["row"], row["result"], *row["problems"]) for row in rows]


def addresses() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in Destination.objects.order_by("entry__name", "position"):
        found.setdefault(each.entry.name, []).append(each.address)
    return found


def test_everything_of_a_row_is_written(sue: User) -> None:
    head = ["Schlüssel", "Name", "Art", "Abteilung", "Team", "Schlagwörter", "Hinweis", "Erreichbar", "Geschlossen am",
            "Wer es nutzen darf", "Aktiv", "Telefon", "Mobil", "SIP-Benutzer"]  # fmt: skip
    content = csv_file(
        head,
        ["P1", "Ada Keller", "Person", "Netze", "Messwesen", "Gas; Wasser", "Kurz fassen", "Mo-Fr 8-17",
         "24.12.2026 Heiligabend", "Agenten", "nein", "0221/4710-217; 0049 221 4710218",
         "+49 (0)171 3920012", "keller.a"],
        ["T1", "Messwesen", "Team"],
        encoding="cp1252",
    )  # fmt: skip

    counts = import_file(content, by=sue)

    entry = DirectoryEntry.objects.get(key="P1")
    assert counts == {"new": 2}
    assert (entry.name, entry.department, entry.note, entry.is_active) == ("Ada Keller", "Netze", "Kurz fassen", False)
    assert entry.tags == ["Gas", "Wasser"]
    assert entry.team == DirectoryEntry.objects.get(key="T1", kind="team")
    assert [group.name for group in entry.audience.all()] == ["agent"]
    assert (entry.hours.count(), entry.holidays.get().name) == (5, "Heiligabend")
    assert addresses() == {"Ada Keller": ["+492214710217", "+492214710218", "+491713920012", "keller.a"]}
    assert ["keller" in each.search_text for each in entry.destinations.all()] == [True] * 4
    assert "keller" in entry.search_text


def test_each_entry_gets_a_change_and_the_audit_log_one_entry_for_all(sue: User) -> None:
    entry = make_destination(name="Ada", key="1", note="old", address="ada").entry
    content = csv_file(["Key", "Name", "Note", "SIP user"], ["1", "Ada", "new", "ada"], ["2", "Ben", "", "ben"])

    import_file(content, by=sue)

    change = entry.changes.get()
    audit = AuditEntry.objects.get()
    payload = AuditDetail.objects.get().payload
    assert change.changes == [{"field": "note", "old": "old", "new": "new"}]
    assert change.actor_name == "Sue Brandt"
    assert DirectoryChange.objects.count() == 2
    assert (audit.action, audit.actor) == ("directory_imported", str(sue.pseudonym))
    assert '"changed":1' in payload.replace(" ", "")
    assert "Ben" not in payload
    assert DirectoryEntry.objects.get(pk=entry.pk).version == 2
    assert not DirectoryImport.objects.exists()
    assert not DirectoryImportPart.objects.exists()


def test_fields_without_a_column_and_entries_without_a_row_stay(sue: User) -> None:
    entry = make_entry(name="Ada", key="1", note="stays", tags=["Gas"], is_active=False)
    make_destination(entry=entry, address="ada", label="desk")
    number = make_destination(entry=entry, destination_type="external_number", address="+492214710217", label="office")
    other = make_destination(name="Ben", address="ben")

    import_file(csv_file(["Key", "Department", "Phone"], ["1", "Netze", "0221 4710218"]), by=sue)

    entry.refresh_from_db()
    number.refresh_from_db()
    assert (entry.note, entry.tags, entry.is_active, entry.department) == ("stays", ["Gas"], False, "Netze")
    assert addresses() == {"Ada": ["ada", "+492214710218"], "Ben": ["ben"]}
    assert (number.address, number.label) == ("+492214710218", "office")
    assert other.entry.version == 1


def test_two_entries_swap_their_addresses_and_favourites_stay(sue: User) -> None:
    ada, ben = make_destination(name="Ada", key="1", address="a"), make_destination(name="Ben", key="2", address="b")
    Favourite.objects.create(user=sue, destination=ada, position=1)

    counts = import_file(csv_file(["Key", "SIP user"], ["1", "b"], ["2", "a"]), by=sue)

    assert counts == {"changed": 2}
    assert addresses() == {"Ada": ["b"], "Ben": ["a"]}
    assert Favourite.objects.get().destination.address == "b"
    assert ben.entry.changes.count() == 1


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["", "Ada", "ada.new"]], [(2, "changed")]),
        ([["9", "Ada", "ada.new"]], [(2, "changed")]),
        ([["", "ada", "ada"]], [(2, "changed")]),
        ([["7", "Cem", "cem.new"]], [(2, "changed")]),
        ([["9", "Cem", "cem.new"]], [(2, "new")]),
        ([["", "Twin", "twin.2"]], [(2, "unchanged")]),
        ([["", "Twin", "twin.3"]], [(2, "bad", UNCLEAR)]),
        ([["", "Twin", "twin.2"], ["", "Twin", "twin.1"]], [(2, "unchanged"), (3, "unchanged")]),
        ([["7", "Cem", "x"], ["7", "Cem", "y"]], [(2, "changed"), (3, "bad", "Row 2 has this key as well.")]),
        ([["", "New", "x"], ["", "Newer", "x"]], [(2, "new"), (3, "bad", "x: Row 2 has it as well.")]),
        ([["", "New", "ada"]], [(2, "bad", "ada: This is in the directory already, as “Ada”.")]),
        ([["", "", "x"]], [(2, "bad", "Name or key is missing.")]),
        ([["", "New", ""]], [(2, "bad", "Give it at least one number or SIP name.")]),
        ([["", "New", "sip:x@y"]], [(2, "bad", NO_NAME)]),
        ([["", "New", "x", "surplus"]], [(2, "bad", NO_FIT)]),
    ],
)  # fmt: skip
def test_which_entry_a_row_means(sue: User, rows: list[list[str]], expected: list[tuple[Any, ...]]) -> None:
    make_destination(name="Ada", address="ada")
    make_destination(name="Cem", key="7", address="cem")
    make_destination(name="Twin", address="twin.1")
    make_destination(name="Twin", address="twin.2")

    assert outcome_of(csv_file(["Key", "Name", "SIP user"], *rows), by=sue) == expected


@pytest.mark.parametrize(
    ("head", "cell", "problem"),
    [
        ("Phone", "4711", "Phone number: "),
        ("Phone", "4,92215E+11", "has shortened this number"),
        ("Phone", "110", "Phone number: "),
        ("Kind", "robot", "Kind: “robot” is not known. Write one of: Person, Team, Line."),
        ("Active", "maybe", "Active: “maybe” is not known. Write one of: yes, no."),
        ("Opening hours", "Mon-Fri", "Opening hours: Say from when to when"),
        ("Closed on", "31.02.2027", "there is no such day"),
        ("Time zone", "Europe/Cologne", "Time zone: This time zone is not known."),
        ("Who may use it", "Pilots", "There is no group “Pilots”."),
        ("Team", "Nobody's", "Team: There is no team “Nobody's”."),
        ("Team", "Both", "Team: There are several teams called “Both”."),
        ("Note", "x" * 301, "Note: At most 300 characters."),
        ("Type 1", "fax", "Type 1: “fax” is not known."),
    ],
)
def test_a_bad_row_says_why(sue: User, head: str, cell: str, problem: str) -> None:
    make_entry(kind="team", name="Both")
    make_entry(kind="team", name="Both")
    content = csv_file(["Name", "Address 1", head], ["Ada", "+492214710217", cell])

    (row,) = results_of(preview(content, by=sue))

    assert row["result"] == "bad"
    assert problem in " ".join(row["problems"])


def test_rows_that_depend_on_a_bad_row_are_left_out_with_it(sue: User) -> None:
    make_destination(name="Ada", key="1", address="a")
    make_destination(name="Ben", key="2", address="b")
    content = csv_file(
        ["Key", "Name", "Kind", "Team", "SIP user", "Time zone"],
        ["1", "Ada", "", "", "b", ""],
        ["2", "Ben", "", "", "c", "nowhere"],
        ["3", "Night", "Team", "", "", "nowhere"],
        ["4", "Cem", "", "Night", "cem", ""],
        ["5", "Dora", "", "", "dora", ""],
    )

    counts = import_file(content, by=sue)

    assert counts == {"bad": 4, "new": 1}
    assert addresses() == {"Ada": ["a"], "Ben": ["b"], "Dora": ["dora"]}


def test_after_a_change_since_the_preview_nothing_is_written(sue: User) -> None:
    entry = make_destination(name="Ada", key="1", address="ada").entry
    found = preview(csv_file(["Key", "Note", "SIP user"], ["1", "new", "ada"], ["2", "", "ben"]), by=sue)
    DirectoryEntry.objects.filter(pk=entry.pk).update(version=2, is_active=False)

    with pytest.raises(DirectoryChangedMeanwhile):
        applying.apply_import(by=sue, import_id=found.pk)

    entry.refresh_from_db()
    assert entry.note == ""
    assert DirectoryEntry.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_after_a_change_during_the_write_nothing_is_written(sue: User, monkeypatch: pytest.MonkeyPatch) -> None:
    make_destination(name="Ada", key="1", address="ada")
    found = preview(csv_file(["Key", "Name", "SIP user"], ["1", "Anna", "ada"], ["2", "Ben", "ben"]), by=sue)

    def prepare_while_somebody_takes_the_name(*args: Any, **kwargs: Any) -> Any:
        prepared = prepare_rows(*args, **kwargs)
        make_destination(name="Faster", address="ben")
        return prepared

    monkeypatch.setattr(applying, "prepare_rows", prepare_while_somebody_takes_the_name)

    with pytest.raises(DirectoryChangedMeanwhile):
        applying.apply_import(by=sue, import_id=found.pk)

    assert set(addresses()) == {"Ada", "Faster"}
    assert not AuditEntry.objects.exists()
    assert DirectoryImport.objects.filter(pk=found.pk, planned_at__isnull=False).exists()


@pytest.mark.parametrize("change", ["a number is denied", "an allowed number is not any more", "other regions"])
def test_after_changed_number_rules_all_rows_are_checked_again(sue: User, settings: Settings, change: str) -> None:
    add_rule(NumberRule(starts_with="+4930", verdict="allow"), user=sue)
    add_rule(NumberRule(starts_with="+49900", verdict="allow"), user=sue)
    number = "0900 1234567" if change == "an allowed number is not any more" else "0221 4710333"
    found = preview(csv_file(["Name", "Phone"], ["Ada", "030 23125100"], ["Ben", number]), by=sue)
    if change == "a number is denied":
        add_rule(NumberRule(starts_with="+49221", verdict="deny", reason="Ask Sue."), user=sue)
    elif change == "other regions":
        settings.TRANSFER_REGIONS = ["AT"]
    else:
        remove_rule(list_rules()[-1].pk, user=sue)

    with pytest.raises(NumberRulesChanged):
        applying.apply_import(by=sue, import_id=found.pk)
    nothing_yet = DirectoryEntry.objects.count()
    importing.check_anew(by=sue, import_id=found.pk)
    found.refresh_from_db()
    while found.planned_at is None:
        found = importing.take_step(by=sue, import_id=found.pk)
    results = [row["result"] for row in results_of(found)]
    applying.apply_import(by=sue, import_id=found.pk)

    assert nothing_yet == 0
    assert results == ["new", "bad"]
    assert list(addresses()) == ["Ada"]


def test_an_import_is_applied_once_and_visible_to_nobody_else(sue: User, root_admin: User) -> None:
    found = preview(csv_file(["Name", "SIP user"], ["Ada", "ada"]), by=sue)

    with pytest.raises(ImportGone):
        applying.apply_import(by=root_admin, import_id=found.pk)
    applying.apply_import(by=sue, import_id=found.pk)
    with pytest.raises(ImportGone):
        applying.apply_import(by=sue, import_id=found.pk)

    assert DirectoryEntry.objects.count() == 1


def test_an_import_and_its_rows_are_deleted_after_a_day(sue: User, root_admin: User) -> None:
    found = preview(csv_file(["Name", "SIP user"], ["Ada", "ada"]), by=sue)
    DirectoryImport.objects.filter(pk=found.pk).update(uploaded_at=found.uploaded_at - importing.LASTS)

    with pytest.raises(ImportGone):
        importing.find_import(by=sue, import_id=found.pk)
    importing.forget_old_imports()

    assert not DirectoryImportPart.objects.exists()


def test_an_import_ignores_personal_entries(sue: User, ada: User) -> None:
    make_destination(name="Ada", owner=ada, address="mine")

    counts = import_file(csv_file(["Name", "SIP user"], ["Ada", "mine"]), by=sue)

    assert counts == {"new": 1}
    assert DirectoryEntry.objects.filter(owner=ada, name="Ada").exists()
    assert Group.objects.count() >= 3
