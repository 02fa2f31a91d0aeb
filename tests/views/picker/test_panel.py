"""The transfer panel over HTTP: every answer of docs/interface.md, "Transfer", with and without htmx."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_call, make_transfer
from tests.views.picker.pages import HTMX, make_entry, make_form, options, panel, selected_keys, sign_in, text_of
from transfers.models import Transfer, TransferState, User


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


@pytest.mark.parametrize(
    ("directory_id", "status"),
    [("4711", 409), (str(10**30), 409), ("0", 422), ("-1", 422), ("x", 422), ("9" * 5000, 422)],
)
def test_unknown_directory_id_is_refused(client: Client, ada: User, directory_id: str, status: int) -> None:
    response = sign_in(client, ada).post(panel(make_call(agent=ada)), make_form(directory_id=directory_id))

    assert response.status_code == status
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
