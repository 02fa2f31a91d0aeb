"""A favourite is put on a key and taken off it from the picker's list."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_call, make_transfer
from tests.views.picker.pages import HTMX, make_entry, options, sign_in, text_of
from transfers import directory
from transfers.models import TransferState, User


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


def test_last_destination_of_the_caller_is_marked_and_stays_marked_after_a_favourite_is_set(
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
