"""The search of the picker."""

import uuid

import pytest
from django.test import Client

from tests.factories import make_call
from tests.views.picker.pages import (
    HTMX,
    fields_of,
    make_entry,
    make_form,
    options,
    panel,
    send_button,
    sign_in,
    text_of,
)
from transfers.models import Transfer, User


def test_typed_number_that_may_not_be_used_is_shown_again_although_it_was_not_searched(
    client: Client, ada: User
) -> None:
    form = make_form(destination_type="EXTERNALNUMBER", destination="+1 212 555 0100")

    response = sign_in(client, ada).post(panel(make_call(agent=ada)), form, headers=HTMX)

    assert response.status_code == 422
    assert 'value="+1 212 555 0100"' in text_of(response)


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
def test_any_search_text_is_answered(client: Client, ada: User, text: str, field: str) -> None:
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


def test_similar_names_are_marked_and_need_a_second_confirmation(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    entry = make_entry("Jürgen Müller")

    listed = text_of(sign_in(client, ada).post(options(call), {"q": "mülelr"}, headers=HTMX))
    page = text_of(client.post(options(call), {"q": "mülelr", "choice": f"d{entry.pk}"}))

    assert "Nothing matches exactly. Did you mean …?" in listed
    assert "No exact match, 1 similar" in listed
    assert "data-near" in listed
    assert "Similar to what you typed, “mülelr”." in listed
    assert "Yes, transfer" in page
