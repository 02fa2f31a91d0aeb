"""The transfer panel over HTTP: every answer of docs/interface.md, "Transfer", with and without htmx."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_call, make_destination, make_transfer
from transfers import directory
from transfers.models import Call, Destination, Transfer, TransferState, User

HTMX = {"HX-Request": "true"}


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def panel(call: Call) -> str:
    return reverse("transfers:transfer-panel", args=[call.call_uuid])


def options(call: Call) -> str:
    return reverse("transfers:destination-options", args=[call.call_uuid])


def make_entry(name: str = "Rechnungsklärung", **overrides: str) -> Destination:
    return make_destination(**{"name": name, **overrides})


def make_form(entry: Destination | None = None, **overrides: str) -> dict[str, str]:
    return {
        "destination_type": "SIP_USER",
        "destination": entry.address if entry else "rechnung.klaerung",
        "note": "",
        "request_key": str(uuid.uuid4()),
        **overrides,
    }


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_page_shows_caller_and_destinations(client: Client, ada: User) -> None:
    call = make_call(agent=ada, caller_number="+493023125417")
    entry = make_entry()

    response = sign_in(client, ada).get(panel(call))

    assert response.status_code == 200
    assert "<html" in text_of(response)
    assert "+49\u00a030\u00a023125417" in text_of(response)
    assert f'value="d{entry.pk}"' in text_of(response)


def test_htmx_gets_the_dialog_alone(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    make_entry()

    response = sign_in(client, ada).get(panel(call), headers=HTMX)

    assert response.status_code == 200
    assert text_of(response).strip().startswith("<dialog")
    assert 'role="option"' in text_of(response)


def test_panel_is_never_kept_by_the_browser(client: Client, ada: User) -> None:
    response = sign_in(client, ada).get(panel(make_call(agent=ada)))

    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("state", "words"),
    [("ended", "This call has ended"), ("ringing", "not connected yet"), ("menu", "not connected yet")],
)
def test_panel_of_a_call_that_is_not_connected_says_so(client: Client, ada: User, state: str, words: str) -> None:
    response = sign_in(client, ada).get(panel(make_call(agent=ada, state=state)))

    assert response.status_code == 200
    assert words in text_of(response)


def test_plain_post_requests_the_transfer_and_leads_to_it(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    entry = make_entry()

    response = sign_in(client, ada).post(panel(call), make_form(entry, note="Vertrag 4711"))

    transfer = Transfer.objects.get()
    assert response.status_code == 303
    assert response["Location"] == reverse("transfers:transfer-detail", args=[transfer.pk])
    assert (transfer.call, transfer.agent, transfer.note) == (call, ada, "Vertrag 4711")
    assert (transfer.destination, transfer.destination_name) == (entry.address, entry.name)


def test_htmx_post_answers_with_the_call_card(client: Client, ada: User) -> None:
    call = make_call(agent=ada)

    response = sign_in(client, ada).post(panel(call), make_form(), headers=HTMX)

    assert response.status_code == 200
    assert 'id="call-card"' in text_of(response)
    assert "transfer-requested" in response["HX-Trigger"]
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#call-card", "outerHTML")
    assert Transfer.objects.get().state == TransferState.REQUESTED


@pytest.mark.parametrize(
    "typed", ["0221/4710 5630", "0221 47105630", "+49 221 471-056 30", "0049 221 47105630", "(0221) 4710 5630"]
)
def test_number_in_any_german_spelling_is_kept_as_e164(client: Client, ada: User, typed: str) -> None:
    call = make_call(agent=ada)

    sign_in(client, ada).post(panel(call), make_form(destination_type="EXTERNALNUMBER", destination=typed))

    assert Transfer.objects.get().destination == "+4922147105630"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("110", "A transfer cannot reach the emergency number 110."),
        ("+49 900 1 234567", "Premium-rate numbers are not allowed as a destination."),
        ("+1 212 555 0100", "Numbers in this country are not allowed as a destination: United States."),
        ("+49 221 47", "The number is too short: at least 1 digit is missing."),
        ("not a number", "No phone number was found."),
    ],
)
def test_number_outside_the_policy_is_refused_with_the_reason(
    client: Client, ada: User, typed: str, reason: str
) -> None:
    form = make_form(destination_type="EXTERNALNUMBER", destination=typed)

    response = sign_in(client, ada).post(panel(make_call(agent=ada)), form)

    notice = text_of(response).split('id="dest-notice"')[1].split("dest-picker__buttons")[0]
    assert response.status_code == 422
    assert reason in notice
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_refused_number_in_another_spelling_is_selected_again(
    client: Client, ada: User, headers: dict[str, str]
) -> None:
    form = make_form(destination_type="EXTERNALNUMBER", destination="0221/4710 5630", note="x" * 501)

    response = sign_in(client, ada).post(panel(make_call(agent=ada)), form, headers=headers)

    assert response.status_code == 422
    assert 'value="typed-external_number"' in text_of(response) or selected_keys(response) == ["typed-external_number"]


def test_second_click_sends_no_second_transfer(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    form = make_form()
    sign_in(client, ada).post(panel(call), form)

    response = client.post(panel(call), form)

    assert response.status_code == 303
    assert Transfer.objects.count() == 1


def test_refused_form_loses_nothing_that_was_typed(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    form = make_form(destination_type="EXTERNALNUMBER", destination="+49 221 47", note="Bitte schnell", q="0221 47")

    response = sign_in(client, ada).post(panel(call), form)

    assert response.status_code == 422
    assert "Bitte schnell" in text_of(response)
    assert 'value="0221 47"' in text_of(response)
    assert form["request_key"] in text_of(response)
    assert not Transfer.objects.exists()


def test_refused_form_comes_back_into_the_dialog(client: Client, ada: User) -> None:
    call = make_call(agent=ada)

    response = sign_in(client, ada).post(panel(call), make_form(note="x" * 501), headers=HTMX)

    assert response.status_code == 422
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#dest-picker", "outerHTML")
    assert text_of(response).strip().startswith("<dialog")
    assert "The note is too long" in text_of(response)


def test_refused_choice_from_the_list_is_selected_in_the_same_list_again(client: Client, ada: User) -> None:
    entries = [make_entry(name) for name in ("Abrechnung", "Technik")]

    response = sign_in(client, ada).post(
        panel(make_call(agent=ada)), make_form(entries[1], note="x" * 501, q="", kind=""), headers=HTMX
    )

    assert selected_keys(response) == [f"d{entries[1].pk}"]
    assert "Abrechnung" in text_of(response)


def test_typed_number_that_may_not_be_used_is_shown_again_although_it_was_not_searched(
    client: Client, ada: User
) -> None:
    form = make_form(destination_type="EXTERNALNUMBER", destination="+1 212 555 0100")

    response = sign_in(client, ada).post(panel(make_call(agent=ada)), form, headers=HTMX)

    assert response.status_code == 422
    assert 'value="+1 212 555 0100"' in text_of(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_call_with_an_open_transfer_names_who_has_it(
    client: Client, ada: User, sue: User, headers: dict[str, str]
) -> None:
    call = make_call(agent=ada)
    make_transfer(call=call, agent=ada, agent_name="Ada Keller", destination="kessler.m")

    response = sign_in(client, sue).post(panel(call), make_form(note="bleibt"), headers=headers)

    assert response.status_code == 409
    assert "Ada Keller is already transferring this call" in text_of(response)
    assert "kessler.m" in text_of(response)
    assert "bleibt" in text_of(response)


@pytest.mark.parametrize(("state", "words"), [("ended", "This call has ended"), ("forwarding", "not connected yet")])
def test_call_that_is_not_connected_is_not_transferred(client: Client, ada: User, state: str, words: str) -> None:
    call = make_call(agent=ada, state=state)

    response = sign_in(client, ada).post(panel(call), make_form(), headers=HTMX)

    assert response.status_code == 409
    assert words in text_of(response)
    assert response["HX-Retarget"] == "#dest-picker"
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_call_of_another_agent_is_not_found(client: Client, ada: User, ben: User, method: str) -> None:
    call = make_call(agent=ben)

    response = getattr(sign_in(client, ada), method)(panel(call), make_form())

    assert response.status_code == 404
    assert not Transfer.objects.exists()


@pytest.mark.parametrize("call_uuid", ["unknown", "%01", "a%01b", "x" * 300, "%F0%9F%93%9E"])
def test_call_that_does_not_exist_is_not_found(client: Client, ada: User, call_uuid: str) -> None:
    response = sign_in(client, ada).get(f"/calls/{call_uuid}/transfer/")

    assert response.status_code == 404


def test_supervisor_transfers_the_call_of_an_agent(client: Client, ada: User, sue: User) -> None:
    call = make_call(agent=ada)

    response = sign_in(client, sue).post(panel(call), make_form())

    assert response.status_code == 303
    assert Transfer.objects.get().agent == sue


def test_person_without_the_right_is_refused(client: Client, stranger: User, root_admin: User) -> None:
    entry = make_entry()
    call = make_call()
    addresses = [panel(call), options(call), reverse("transfers:set-favourite", args=[entry.pk])]

    answers = [
        sign_in(client, person).post(address).status_code for person in (stranger, root_admin) for address in addresses
    ]

    assert answers == [403] * 6


def test_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    response = client.get(panel(make_call()))

    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_favourite_of_a_key_is_preselected(client: Client, ada: User) -> None:
    entries = [make_entry(name) for name in ("Technik", "Recht")]
    for entry in entries:
        directory.set_favourite(user=ada, destination_id=entry.pk, is_favourite=True)

    response = sign_in(client, ada).get(panel(make_call(agent=ada)), {"favourite": "2"}, headers=HTMX)

    assert selected_keys(response) == [f"d{entries[1].pk}"]


def test_try_again_stands_on_the_earlier_destination_with_no_number_in_the_address(client: Client, ada: User) -> None:
    make_entry("Technik")
    call = make_call(agent=ada)
    earlier = make_transfer(
        call=call, agent=ada, destination_type="external_number", destination="+4922147105630", state="rejected"
    )

    response = sign_in(client, ada).get(panel(call), {"again": earlier.pk}, headers=HTMX)

    assert selected_keys(response) == [f"t{earlier.pk}"]


def test_try_again_searches_for_a_destination_that_the_list_does_not_hold_by_itself(
    client: Client, ada: User, sue: User
) -> None:
    earlier = make_transfer(agent=ada, destination_type="external_number", destination="+4922147105630")

    response = sign_in(client, sue).get(panel(make_call()), {"again": earlier.pk}, headers=HTMX)

    assert selected_keys(response) == ["typed-external_number"]
    assert 'value="+4922147105630"' in text_of(response)


@pytest.mark.parametrize("query", ["again", "note_of"])
def test_note_of_the_earlier_transfer_is_still_there(client: Client, ada: User, query: str) -> None:
    earlier = make_transfer(agent=ada, note="Vertrag 4711", state="rejected")

    response = sign_in(client, ada).get(panel(make_call(agent=ada)), {query: earlier.pk}, headers=HTMX)

    assert "Vertrag 4711" in text_of(response)


def test_nobody_reads_the_destination_of_another_agents_transfer(client: Client, ada: User, ben: User) -> None:
    theirs = make_transfer(agent=ben, destination_type="external_number", destination="+4922147105630")

    response = sign_in(client, ada).get(panel(make_call(agent=ada)), {"again": theirs.pk}, headers=HTMX)

    assert "4922147105630" not in text_of(response)


def test_search_is_posted_and_answers_with_the_list(client: Client, ada: User) -> None:
    make_entry("Rechnungsklärung")
    make_entry("Technik")

    response = sign_in(client, ada).post(options(make_call(agent=ada)), {"q": "rech"}, headers=HTMX)

    assert response.status_code == 200
    assert "<mark>Rech</mark>nungsklärung" in text_of(response)
    assert "Technik" not in text_of(response)
    assert 'id="dest-results"' in text_of(response)


def test_kind_narrows_the_list(client: Client, ada: User) -> None:
    make_entry("Technik", destination_type="sip_trunk", address="trunk-sued")
    make_entry("Recht")

    response = sign_in(client, ada).get(options(make_call(agent=ada)), {"kind": "sip_trunk"}, headers=HTMX)

    assert "trunk-sued" in text_of(response)
    assert "Recht" not in text_of(response)


def test_typed_number_outside_the_directory_is_offered_with_its_place(client: Client, ada: User) -> None:
    response = sign_in(client, ada).post(options(make_call(agent=ada)), {"q": "0221 47105630"}, headers=HTMX)

    assert "Not in the directory. Is this right?" in text_of(response)
    assert 'data-address="+4922147105630"' in text_of(response)
    assert 'data-type="EXTERNALNUMBER"' in text_of(response)


def test_search_without_a_match_says_what_was_searched(client: Client, ada: User) -> None:
    make_entry("Technik")

    response = sign_in(client, ada).post(
        options(make_call(agent=ada)), {"q": "fernwärme ost", "kind": "external_number"}, headers=HTMX
    )

    assert "“fernwärme ost”" in text_of(response)
    assert 'role="listbox"' not in text_of(response)


@pytest.mark.parametrize("text", ["\x00", "%_\\", "'; DROP", "x" * 5000, "👻", "+" * 50, "\ud7ff", "٠١٢٣"])
@pytest.mark.parametrize("field", ["q", "kind", "choice", "favourite", "again", "destination_id"])
def test_no_search_is_an_error(client: Client, ada: User, text: str, field: str) -> None:
    response = sign_in(client, ada).post(options(make_call(agent=ada)), {field: text}, headers=HTMX)

    assert response.status_code == 200


def test_page_without_script_goes_from_search_to_read_back_to_transfer(client: Client, ada: User) -> None:
    entry = make_entry()
    call = make_call(agent=ada)
    sign_in(client, ada)
    searched = client.post(options(call), {"q": "rech", "note": "Zähler", "request_key": str(uuid.uuid4())})

    chosen = client.post(options(call), {**fields_of(searched), "choice": f"d{entry.pk}"})
    sent = client.post(panel(call), fields_of(chosen))

    assert "disabled" in send_button(searched)
    assert "disabled" not in send_button(chosen)
    assert sent.status_code == 303
    transfer = Transfer.objects.get()
    assert (transfer.destination, transfer.note) == (entry.address, "Zähler")
    assert str(transfer.request_key) == fields_of(searched)["request_key"]


def test_favourite_takes_the_first_free_key_and_gives_it_back(client: Client, ada: User) -> None:
    entry = make_entry()
    address = reverse("transfers:set-favourite", args=[entry.pk])

    added = sign_in(client, ada).post(address, {"is_favourite": "on"}, headers=HTMX)
    removed = client.post(address, {"is_favourite": "off"}, headers=HTMX)

    assert 'data-position="1"' in text_of(added)
    assert 'data-position="1"' not in text_of(removed)
    assert not ada.favourites.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_tenth_favourite_is_refused_with_the_reason(client: Client, ada: User, headers: dict[str, str]) -> None:
    call = make_call(agent=ada)
    entries = [make_entry(f"Technik {number}") for number in range(10)]
    for entry in entries[:9]:
        directory.set_favourite(user=ada, destination_id=entry.pk, is_favourite=True)

    response = sign_in(client, ada).post(
        reverse("transfers:set-favourite", args=[entries[9].pk]),
        {"is_favourite": "on", "call_uuid": call.call_uuid},
        headers=headers,
    )

    assert response.status_code == (409 if headers else 200)
    assert "All nine keys are taken" in text_of(response)
    assert ada.favourites.count() == 9


@pytest.mark.parametrize("destination_id", [4711, 10**30])
def test_favourite_of_nothing_is_not_found(client: Client, ada: User, destination_id: int) -> None:
    response = sign_in(client, ada).post(f"/destinations/{destination_id}/favourite/", {"is_favourite": "on"})

    assert response.status_code == 404


def test_favourite_is_set_by_post_only(client: Client, ada: User) -> None:
    response = sign_in(client, ada).get(reverse("transfers:set-favourite", args=[make_entry().pk]))

    assert response.status_code == 405


def selected_keys(response: Any) -> list[str]:
    return re.findall(r'aria-selected="true" data-key="([^"]+)"', text_of(response))


def fields_of(response: Any) -> dict[str, str]:
    """What a browser would post from the page's form: hidden fields, text, note."""
    page = text_of(response)
    form = page[page.index('class="dest-picker__form"') :]
    inputs = re.findall(r'<input[^>]*type="(?:hidden|text)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    note = re.search(r"<textarea[^>]*>\s*([^<]*)</textarea>", form)
    return {**dict(inputs), "note": note[1] if note else ""}


def send_button(response: Any) -> str:
    button = re.search(r'<button[^>]*id="dest-send"[^>]*>', text_of(response))
    assert button is not None
    return button[0]


def test_similar_names_say_that_they_are_no_exact_match_and_are_asked_for_once_more(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    entry = make_entry("Jürgen Müller")

    listed = text_of(sign_in(client, ada).post(options(call), {"q": "mülelr"}, headers=HTMX))
    page = text_of(client.post(options(call), {"q": "mülelr", "choice": f"d{entry.pk}"}))

    assert "Nothing matches exactly. Did you mean …?" in listed
    assert "No exact match, 1 similar" in listed
    assert "data-near" in listed
    assert "Similar to what you typed, “mülelr”." in listed
    assert "Yes, transfer" in page


def test_where_the_caller_went_last_is_marked_in_the_list_and_stays_when_a_favourite_is_set(
    client: Client, ada: User, ben: User
) -> None:
    entry, other = make_entry("Rechnungsklärung", address="rechnung"), make_entry("Anton")
    earlier, call = make_call(caller_digest="a" * 64), make_call(caller_digest="a" * 64, agent=ada)
    make_transfer(agent=ben, call=earlier, destination="rechnung", state=TransferState.ANSWERED)

    listed = text_of(sign_in(client, ada).post(options(call), {"q": ""}, headers=HTMX))
    address = reverse("transfers:set-favourite", args=[other.pk])
    after = text_of(client.post(address, {"is_favourite": "on", "call_uuid": call.call_uuid}, headers=HTMX))

    for html in (listed, after):
        assert "This caller’s last time" in html
        assert html.index(f'id="dest-d{entry.pk}"') < html.index(f'id="dest-d{other.pk}"')
        assert "Last time" in html
