"""The pages of the directory over HTTP: who gets in, what is shown, what is saved, and that nothing typed is lost."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.factories import make_destination, make_entry, make_transfer, make_user
from transfers.models import AuditEntry, Destination, DirectoryChange, DirectoryEntry, Holiday, TransferState, User

HTMX = {"HX-Request": "true"}
LIST, NEW, HOLIDAYS, CHECK = (
    reverse(f"transfers:{name}") for name in ("directory", "directory-new", "directory-holidays", "directory-check")
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(client: Client, sue: User) -> Client:
    """A browser that a supervisor is signed in with."""
    client.force_login(sue)
    return client


@pytest.fixture
def agent(client: Client, ada: User) -> Client:
    """A browser that an agent is signed in with."""
    client.force_login(ada)
    return client


def address_of(entry: DirectoryEntry) -> str:
    return reverse("transfers:directory-entry", args=[entry.pk])


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def rows(*addresses: tuple[str, str, str]) -> dict[str, str]:
    """The rows of a form: type, address, label."""
    fields = {"address-TOTAL_FORMS": str(len(addresses)), "address-INITIAL_FORMS": "0"}
    for index, values in enumerate(addresses):
        names = (f"address-{index}-{name}" for name in ("destination_type", "address", "label"))
        fields |= dict(zip(names, values, strict=True))
    return fields


def form(*addresses: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    values = {"version": "0", "kind": "person", "name": "Jürgen Müller", "is_active": "on", **fields}
    return values | rows(*(addresses or [("sip_user", "mueller.j", "")]))


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        ("ada", {"list": 200, "new": 403, "own": 200, "shared": 200, "hidden": 404, "personal": 404, "holidays": 403}),
        ("sue", {"list": 200, "new": 200, "own": 200, "shared": 200, "hidden": 200, "personal": 404, "holidays": 200}),
        (
            "root_admin",
            {"list": 200, "new": 200, "own": 200, "shared": 200, "hidden": 200, "personal": 404, "holidays": 200},
        ),
        (
            "stranger",
            {"list": 403, "new": 403, "own": 403, "shared": 403, "hidden": 403, "personal": 403, "holidays": 403},
        ),
    ],
)
def test_which_roles_may_open_a_page(
    request: pytest.FixtureRequest, client: Client, who: str, statuses: dict[str, int]
) -> None:
    client.force_login(request.getfixturevalue(who))
    supervisors = Group.objects.get(name="supervisor")
    addresses = {
        "list": LIST,
        "new": f"{NEW}?scope=shared",
        "own": f"{NEW}?scope=own",
        "shared": address_of(make_destination().entry),
        "hidden": address_of(make_destination(audience=[supervisors]).entry),
        "personal": address_of(make_destination(owner=make_user(role="agent")).entry),
        "holidays": HOLIDAYS,
    }

    assert {name: client.get(address).status_code for name, address in addresses.items()} == statuses


@pytest.mark.parametrize("address", [LIST, NEW, HOLIDAYS, CHECK])
def test_the_pages_require_a_signed_in_person(client: Client, address: str) -> None:
    response = client.post(address) if address == CHECK else client.get(address)

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_an_agent_reads_a_shared_entry_and_changes_nothing(agent: Client) -> None:
    team = make_entry(kind="team", name="Abrechnung")
    entry = make_destination(name="Elif Vogt", team=team, note="Have the number ready", tags=["Türkisch"]).entry

    page = text_of(agent.get(address_of(entry)))
    refused = agent.post(address_of(entry), form(name="Mine now"))
    not_deleted = agent.post(reverse("transfers:directory-delete", args=[entry.pk]))

    assert "Have the number ready" in page
    assert "Türkisch" in page
    assert 'id="entry-form"' not in page
    assert (refused.status_code, not_deleted.status_code) == (403, 403)
    assert not AuditEntry.objects.exists()


def test_a_supervisor_adds_an_entry_and_reads_it_in_the_list(supervisor: Client, sue: User) -> None:
    team = make_entry(kind="team", name="Vertrieb")
    agents = Group.objects.get(name="agent")

    response = supervisor.post(
        NEW,
        form(
            ("external_number", "0221/47 10 48-0", "desk"),
            ("sip_user", " mueller.j ", ""),
            ("external_number", "", ""),
            department="Vertrieb",
            tags="Gas, gas,  Strom ",
            team=str(team.pk),
            audience=[str(agents.pk)],
            hours="Mo-Fr 8-17 Uhr",
            time_zone="Europe/Berlin",
            days_off="24.12.2026 Heiligabend\n\n2026-12-31",
            key="K7",
        ),
        follow=True,
    )

    entry = DirectoryEntry.objects.get(name="Jürgen Müller")
    assert response.redirect_chain == [(LIST, 303)]
    assert "Jürgen Müller was added." in text_of(response)
    assert [each.address for each in entry.destinations.order_by("position")] == ["+492214710480", "mueller.j"]
    assert (entry.tags, entry.team, entry.key) == (["Gas", "Strom"], team, "K7")
    assert entry.hours.count() == 5
    assert [day.name for day in entry.holidays.order_by("date")] == ["Heiligabend", ""]
    assert DirectoryChange.objects.get(entry=entry).actor_name == sue.display_name


def test_an_agent_adds_personal_destinations(agent: Client, ada: User) -> None:
    added = agent.post(f"{NEW}?scope=own", form(), follow=True)
    entry = DirectoryEntry.objects.get()
    page = text_of(agent.get(address_of(entry)))
    changed = agent.post(address_of(entry), form(version="1", name="J. M."))
    deleted = agent.post(reverse("transfers:directory-delete", args=[entry.pk]), follow=True)

    assert entry.owner == ada
    assert "Jürgen Müller was added." in text_of(added)
    assert 'name="audience"' not in page
    assert 'value="team"' not in page.split('id="entry-form"')[1]
    assert changed.status_code == 303
    assert "J. M. was deleted." in text_of(deleted)
    assert not DirectoryEntry.objects.exists()


def test_errors_are_shown_beside_their_fields_and_typed_values_stay(supervisor: Client) -> None:
    make_destination(name="Somebody", address="taken")
    typed = form(
        ("external_number", "0221 47", "desk"),
        ("sip_user", "taken", ""),
        name="",
        hours="Mon to Fri 7-20, Sat 25-14",
        days_off="2026-12-24 Eve\nChristmas",
        note="Ünsaved",
        tags="one, two",
    )

    response = supervisor.post(NEW, typed)

    page = text_of(response)
    assert response.status_code == 422
    for words in (
        "Enter a name.",
        "too short: at least 1 digit is missing",
        "25 is not an hour",
        "“Christmas” does not begin with a date",
        'value="0221 47"',
        'value="Mon to Fri 7-20, Sat 25-14"',
        "2026-12-24 Eve",
        "Ünsaved",
        'value="one, two"',
        'value="taken"',
    ):
        assert words in page
    assert page.count('aria-invalid="true"') == 4
    assert not DirectoryEntry.objects.filter(name="").exists()


def test_a_refused_address_is_shown_beside_its_row(supervisor: Client) -> None:
    make_destination(name="Somebody", address="taken")

    response = supervisor.post(NEW, form(("sip_user", "", ""), ("sip_user", "free", ""), ("sip_user", "taken", "")))
    response_without_blank = supervisor.post(NEW, form(("sip_user", "free", ""), ("sip_user", "taken", "")))

    assert "Enter a number or a SIP name, or remove this row." in text_of(response)
    page = text_of(response_without_blank)
    said = re.search(r'id="address-1-said"[^>]*>(.*?)</div>', page)
    assert said is not None
    assert "This is in the directory already, as “Somebody”." in said[1]
    assert Destination.objects.count() == 1


def test_a_number_is_shown_as_it_will_be_dialled(supervisor: Client) -> None:
    typed = rows(("external_number", "0221/4710-220", "")) | {"row": "address-0"}

    good = text_of(supervisor.post(CHECK, typed, headers=HTMX))
    bad = text_of(supervisor.post(CHECK, typed | {"address-0-address": "0900 1234567"}, headers=HTMX))

    assert "+49 221 4710220" in good
    assert "0221 4710220" in good
    assert "Cologne" in good
    assert "Premium" in bad


def test_another_row_is_added_without_validating_the_form(supervisor: Client) -> None:
    response = supervisor.post(NEW, form(("external_number", "0221 47", "desk"), name="", add_address="1"))

    page = text_of(response)
    assert response.status_code == 200
    assert 'value="0221 47"' in page
    assert 'name="address-1-address"' in page
    assert "aria-invalid" not in page
    assert not DirectoryEntry.objects.exists()


def test_a_row_is_removed_by_its_checkbox(supervisor: Client) -> None:
    entry = make_destination(address="mueller.j").entry
    make_destination(entry=entry, address="mueller.old")

    response = supervisor.post(
        address_of(entry),
        form(("sip_user", "mueller.j", ""), ("sip_user", "mueller.old", ""), version="1", **{"address-1-DELETE": "on"}),
    )

    assert response.status_code == 303
    assert [each.address for each in entry.destinations.all()] == ["mueller.j"]


def test_saving_over_a_newer_version_shows_both_and_can_be_repeated(supervisor: Client, root_admin: User) -> None:
    entry = make_destination(name="Jürgen Müller", address="mueller.j").entry
    other = Client()
    other.force_login(root_admin)
    other.post(address_of(entry), form(version="1", note="of the other"))

    conflict = supervisor.post(address_of(entry), form(version="1", note="mine"))
    page = text_of(conflict)
    again = supervisor.post(address_of(entry), form(version="2", note="mine"))

    assert conflict.status_code == 409
    assert "root saved this entry at" in page
    assert re.search(r"now</span> of the other.*yours</span> mine", page)
    assert 'name="version" value="2"' in page
    assert again.status_code == 303
    assert DirectoryEntry.objects.get(pk=entry.pk).note == "mine"


def test_the_page_of_an_entry_shows_its_changes(supervisor: Client) -> None:
    entry = make_destination(name="Jürgen Müller", address="mueller.j").entry
    supervisor.post(address_of(entry), form(version="1", name="J. Müller", hours="Mon 8-12", tags="Gas"))

    page = text_of(supervisor.get(address_of(entry)))

    assert "Sue Brandt" in page
    assert "<del>Jürgen Müller</del> <ins>J. Müller</ins>" in page
    assert "<ins>Mon 8-12</ins>" in page


def test_a_used_entry_cannot_be_deleted(supervisor: Client, ada: User) -> None:
    used, unused = make_destination(), make_destination(name="Unused")
    make_transfer(agent=ada, destination=used.address, state=TransferState.ANSWERED)
    delete = {each: reverse("transfers:directory-delete", args=[each.entry_id]) for each in (used, unused)}

    offered = [delete[each] in text_of(supervisor.get(address_of(each.entry))) for each in (used, unused)]
    refused = supervisor.post(delete[used], follow=True)
    question = text_of(supervisor.get(delete[unused]))
    deleted = supervisor.post(delete[unused], follow=True)

    assert offered == [False, True]
    assert "is in use. Switch it off instead." in text_of(refused)
    assert "Delete Unused?" in question
    assert "Unused was deleted." in text_of(deleted)
    assert Destination.objects.get() == used


def test_a_search_that_may_be_a_number_is_never_part_of_an_address(supervisor: Client) -> None:
    make_destination(name="Kessler", destination_type="external_number", address="+491713920033")
    make_destination(name="Stein")

    by_number = supervisor.post(LIST, {"q": "0171 3920"})
    by_name = supervisor.post(LIST, {"q": "kess", "kind": "person"})
    part = supervisor.post(LIST, {"q": "kess"}, headers=HTMX)
    number_part = supervisor.post(LIST, {"q": "0171 3920"}, headers=HTMX)

    assert by_number.status_code == 200
    assert "Kessler" in text_of(by_number)
    assert "Stein" not in text_of(by_number)
    assert 'value="0171 3920"' in text_of(by_number)
    assert "0171" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', text_of(by_number)))
    assert (by_name.status_code, by_name["Location"]) == (303, f"{LIST}?q=kess&kind=person")
    assert part["HX-Push-Url"] == f"{LIST}?q=kess"
    assert "HX-Push-Url" not in number_part
    assert "<html" not in text_of(part)


def test_page_numbers_are_buttons_of_the_filter_form(supervisor: Client) -> None:
    for number in range(51):
        make_entry(name=f"Entry {number:03}")

    first = text_of(supervisor.get(LIST))
    second = text_of(supervisor.post(LIST, {"page": "2"}, follow=True))

    assert 'name="page" value="2"' in first
    assert "Page 2 of 2" in second
    assert "Entry 050" in second


def test_an_empty_list_says_why_and_what_to_do(supervisor: Client, sue: User) -> None:
    assert "No destinations yet" in text_of(supervisor.get(LIST))
    assert "No destinations of your own yet" in text_of(supervisor.get(f"{LIST}?scope=own"))
    assert "No destination matches this filter." in text_of(supervisor.get(f"{LIST}?q=zzz"))


def test_holidays_are_saved_and_unreadable_lines_are_reported(supervisor: Client) -> None:
    wrong = supervisor.post(HOLIDAYS, {"days_off": "2026-12-25 Day\n2026-02-30 Never\n"})
    saved = supervisor.post(HOLIDAYS, {"days_off": "2026-12-25 Day"}, follow=True)

    assert wrong.status_code == 422
    assert "“2026-02-30 Never”: there is no such day." in text_of(wrong)
    assert "The holidays were saved." in text_of(saved)
    assert "2026-12-25 Day" in text_of(saved)
    assert Holiday.objects.get().name == "Day"


@pytest.mark.parametrize(
    "nonsense",
    [
        {"address-TOTAL_FORMS": "99999999"},
        {"address-TOTAL_FORMS": "x"},
        {"address-TOTAL_FORMS": "-1"},
        {"version": "9" * 30},
        {"version": ""},
        {"kind": "robot"},
        {"name": "\x00"},
        {"team": "9" * 30},
        {"audience": ["x", "4711"]},
        {"time_zone": "../../etc/passwd"},
        {"key": "x" * 65},
        {"hours": "Mon 8-12," * 500},
        {"days_off": "9999-99-99"},
        {"days_off": "0001-01-01"},
        {"address-0-destination_type": "pigeon"},
        {"address-0-address": "\x00\u202e"},
        {"address-0-label": "x" * 41},
    ],
)
def test_no_posted_value_causes_a_server_error(supervisor: Client, nonsense: dict[str, Any]) -> None:
    entry = make_destination(address="mueller.j").entry
    new = supervisor.post(NEW, form() | nonsense)
    changed = supervisor.post(address_of(entry), form(version="1") | nonsense)
    checked = supervisor.post(CHECK, form() | nonsense | {"row": "address-0"})

    assert {new.status_code, changed.status_code} <= {422, 303}
    assert checked.status_code == 200


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=99999999999999", "kind=robot", "scope=all", "q=%E2%80%AE", "state=x", "department=x", "page=0"],
)
def test_no_query_string_causes_a_server_error(supervisor: Client, query: str) -> None:
    make_destination()

    assert supervisor.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("entry_id", [4711, 10**30])
def test_an_unknown_entry_is_not_found(supervisor: Client, entry_id: int) -> None:
    assert supervisor.get(f"/destinations/entries/{entry_id}/").status_code == 404


@pytest.mark.parametrize(
    ("who", "link"), [("ada", "My destinations"), ("sue", "Destinations"), ("root_admin", "Destinations")]
)
def test_the_navigation_links_to_the_directory(
    request: pytest.FixtureRequest, client: Client, who: str, link: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    page = text_of(client.get(LIST))

    assert page.count(f'href="{LIST}" title="{link}" aria-current="page"') == 1
