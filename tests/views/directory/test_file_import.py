"""The import over HTTP: who gets in, upload, progress, preview, applying and discarding; and the export of the list."""

import html
import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.directory.files.files import csv_file, preview
from tests.factories import make_destination
from transfers.destination_policy import add_rule
from transfers.models import AuditEntry, DirectoryEntry, DirectoryImport, NumberRule, User

NEW = reverse("transfers:directory-import-new")
EXPORT = reverse("transfers:directory-export")
HTMX = {"HX-Request": "true"}
TABLE = csv_file(["Key", "Name", "SIP user", "Shoe size"], ["1", "Ada Ärmel", "ada", "37"], ["2", "Ben", "sip:x@y"])

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(client: Client, sue: User) -> Client:
    """A browser that a supervisor is signed in with."""
    client.force_login(sue)
    return client


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def address_of(name: str, found: DirectoryImport) -> str:
    return reverse(f"transfers:directory-import{name}", args=[found.pk])


def upload(client: Client, content: bytes, name: str = "ziele.csv") -> Any:
    return client.post(NEW, {"file": SimpleUploadedFile(name, content)})


def test_only_managers_of_the_directory_import(client: Client, ada: User, sue: User, root_admin: User) -> None:
    found = preview(TABLE, by=sue)
    examples = [reverse(f"transfers:directory-example-{kind}") for kind in ("csv", "xlsx")]
    reads = [NEW, address_of("", found), address_of("-errors", found), *examples]
    acts = [NEW, *(address_of(name, found) for name in ("-check", "-apply", "-discard"))]

    client.force_login(ada)
    refused = {*(client.get(each).status_code for each in reads), *(client.post(each).status_code for each in acts)}
    client.force_login(root_admin)
    allowed = {client.get(each).status_code for each in (NEW, *examples)}
    not_theirs = client.get(address_of("", found))

    assert refused == {403}
    assert allowed == {200}
    assert not_theirs["Location"] == NEW


def test_an_import_goes_from_upload_to_preview_to_directory(supervisor: Client) -> None:
    uploaded = upload(supervisor, TABLE)
    found = DirectoryImport.objects.get()
    progress = supervisor.get(uploaded["Location"])
    checked = supervisor.post(address_of("-check", found), headers=HTMX)
    shown = text_of(supervisor.get(address_of("", found)))
    nothing_yet = DirectoryEntry.objects.exists()
    applied = supervisor.post(address_of("-apply", found), follow=True)

    assert uploaded.status_code == 303
    assert "0 of 2 rows checked" in text_of(progress)
    assert checked["HX-Redirect"] == address_of("", found)
    assert "Ada Ärmel" in shown
    assert "1 row cannot be imported and would be left out." in shown
    assert "Enter the SIP name only" in shown
    assert "Shoe size" in shown
    assert not nothing_yet
    assert "The import is done: 1 new, 0 changed. 1 row was left out." in text_of(applied)
    assert DirectoryEntry.objects.get().name == "Ada Ärmel"


def test_the_page_shows_the_progress_of_an_import(supervisor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transfers.directory.files.importing.ROWS_PER_PART", 1)
    monkeypatch.setattr("transfers.directory.files.importing.STEP_SECONDS", 0.0)
    upload(supervisor, TABLE)
    found = DirectoryImport.objects.get()

    step = supervisor.post(address_of("-check", found), headers=HTMX)
    without_script = supervisor.post(address_of("-check", found))

    assert "1 of 2 rows checked" in text_of(step)
    assert "<html" not in step.content.decode()
    assert (without_script.status_code, without_script["Location"]) == (303, address_of("", found))


def test_the_page_announces_the_comparison_of_many_rows(supervisor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transfers.directory.files.importing.FEW_ROWS", 1)
    upload(supervisor, TABLE)
    found = DirectoryImport.objects.get()

    step = supervisor.post(address_of("-check", found), headers=HTMX)
    compared = supervisor.post(address_of("-check", found), headers=HTMX)

    assert "All rows are checked. They are being compared with the directory." in text_of(step)
    assert "value=" not in re.findall(r"<progress[^>]*>", step.content.decode())[0]
    assert compared["HX-Redirect"] == address_of("", found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "The file is empty."), (b"PK\x03\x04", "This file is damaged."), (b"a;b\n1;2", "No column is called")],
)
def test_an_unreadable_file_is_refused_with_the_reason(supervisor: Client, content: bytes, reason: str) -> None:
    response = upload(supervisor, content)

    assert response.status_code == 422
    assert reason in text_of(response)


def test_a_form_without_a_file_is_refused(supervisor: Client) -> None:
    response = supervisor.post(NEW)

    assert response.status_code == 422
    assert "Choose a file." in text_of(response)


def test_a_change_after_the_preview_leads_to_a_new_preview(supervisor: Client, sue: User) -> None:
    entry = make_destination(name="Ada", key="1", address="ada").entry
    found = preview(TABLE, by=sue)
    DirectoryEntry.objects.filter(pk=entry.pk).update(version=5)

    response = supervisor.post(address_of("-apply", found), follow=True)

    entry.refresh_from_db()
    assert "The directory was changed meanwhile. Nothing was imported." in text_of(response)
    assert entry.name == "Ada"


def test_changed_number_rules_lead_to_a_new_preview_with_their_refusals(supervisor: Client, sue: User) -> None:
    found = preview(csv_file(["Name", "Phone"], ["Ada", "0221 4710333"], ["Ben", "030 23125100"]), by=sue)
    add_rule(NumberRule(starts_with="+49221", verdict="deny", reason="Ask Sue."), user=sue)

    progress = text_of(supervisor.post(address_of("-apply", found), follow=True))
    shown = text_of(supervisor.post(address_of("-check", found), follow=True))

    assert "The number rules were changed meanwhile. Nothing was imported." in progress
    assert "0 of 2 rows checked" in progress
    assert "The number rules were changed meanwhile. Nothing was imported." in shown
    assert "Your company does not allow numbers that begin with +49221. Ask Sue." in shown
    assert "Import 1 row" in shown
    assert not DirectoryEntry.objects.exists()


@pytest.mark.parametrize("name", ["-check", "-apply", "-discard"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_deleted_import_redirects_to_a_new_one(
    supervisor: Client, sue: User, name: str, headers: dict[str, str]
) -> None:
    found = preview(TABLE, by=sue)
    address = address_of(name, found)
    supervisor.post(address_of("-discard", found))

    response = supervisor.post(address, headers=headers)

    assert (response.get("HX-Redirect") or response["Location"]) == NEW
    assert not DirectoryImport.objects.exists()


def test_invalid_pages_and_results_of_a_preview_are_harmless(supervisor: Client, sue: User) -> None:
    rows = [[str(number), f"Person {number}", f"sip.{number}"] for number in range(120)]
    found = preview(csv_file(["Key", "Name", "SIP user"], *rows), by=sue)

    last = supervisor.get(address_of("", found), {"page": "3", "result": "new"})
    beyond = supervisor.get(address_of("", found), {"page": "99999", "result": "§"})
    none = supervisor.get(address_of("", found), {"result": "bad", "page": "x"})

    assert "Page 3 of 3" in text_of(last)
    assert "Page 3 of 3" in text_of(beyond)
    assert "No such row in this file" in text_of(none)


def test_the_file_of_bad_rows_has_no_formulas(supervisor: Client, sue: User) -> None:
    found = preview(csv_file(["Name", "SIP user"], ["=1+1", "sip:x@y"]), by=sue)

    content = supervisor.get(address_of("-errors", found)).content.decode("utf-8-sig")

    assert content.splitlines()[0] == "Row,Name,Reason"
    assert content.splitlines()[1].startswith("2,'=1+1,")


def test_the_export_has_the_filtered_entries_and_is_recorded(supervisor: Client) -> None:
    make_destination(name="=Ada", department="Netze", address="+492214710217", destination_type="external_number")
    make_destination(name="Ben", department="Vertrieb")

    response = supervisor.post(EXPORT, {"format": "csv", "department": "Netze"})
    workbook = openpyxl.load_workbook(io.BytesIO(supervisor.post(EXPORT, {"format": "xlsx", "q": "ada"}).content))

    content = response.content.decode("utf-8-sig")
    cells = [[cell.value for cell in row] for row in workbook.active.rows]
    assert "'=Ada" in content
    assert "+492214710217" in content
    assert "Ben" not in content
    assert [row[1] for row in cells] == ["Name", "=Ada"]
    assert "f" not in {cell.data_type for row in workbook.active.rows for cell in row}
    assert [entry.action for entry in AuditEntry.objects.all()] == ["directory_exported"] * 2


def test_only_the_owner_exports_personal_entries(client: Client, ada: User, sue: User) -> None:
    make_destination(name="Hers", owner=ada)
    make_destination(name="Everybody's")
    client.force_login(sue)
    shared = client.post(EXPORT, {"format": "csv"}).content.decode()
    others = client.post(EXPORT, {"format": "csv", "scope": "own"}).content.decode()
    client.force_login(ada)
    own = client.post(EXPORT, {"format": "csv", "scope": "own"}).content.decode()
    refused = client.post(EXPORT, {"format": "csv", "scope": "shared"})

    assert "Everybody's" in shared
    assert "Hers" not in shared + others
    assert "Hers" in own
    assert refused.status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_example_file_can_be_imported_unchanged(supervisor: Client, sue: User, kind: str) -> None:
    content = supervisor.get(reverse(f"transfers:directory-example-{kind}")).content

    assert preview(content, by=sue).counts == {"new": 2, "changed": 0, "unchanged": 0, "bad": 0}
