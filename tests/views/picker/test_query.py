"""What a link into the picker selects: a favourite, an entry, or an earlier transfer."""

import pytest
from django.test import Client

from tests.factories import make_call, make_transfer
from tests.views.picker.pages import HTMX, make_entry, panel, selected_keys, sign_in, text_of
from transfers import directory
from transfers.models import User


def test_favourite_of_a_key_is_preselected(client: Client, ada: User) -> None:
    entries = [make_entry(name) for name in ("Technik", "Recht")]
    for entry in entries:
        directory.set_favourite(user=ada, destination_id=entry.pk, is_favourite=True)

    response = sign_in(client, ada).get(panel(make_call(agent=ada)), {"favourite": "2"}, headers=HTMX)

    assert selected_keys(response) == [f"d{entries[1].pk}"]


def test_try_again_selects_the_earlier_destination_without_its_number_in_the_address(client: Client, ada: User) -> None:
    make_entry("Technik")
    call = make_call(agent=ada)
    earlier = make_transfer(
        call=call, agent=ada, destination_type="external_number", destination="+4922147105630", state="rejected"
    )

    response = sign_in(client, ada).get(panel(call), {"again": earlier.pk}, headers=HTMX)

    assert selected_keys(response) == [f"t{earlier.pk}"]


def test_try_again_searches_for_a_destination_that_the_list_does_not_show(client: Client, ada: User, sue: User) -> None:
    earlier = make_transfer(agent=ada, destination_type="external_number", destination="+4922147105630")

    response = sign_in(client, sue).get(panel(make_call()), {"again": earlier.pk}, headers=HTMX)

    assert selected_keys(response) == ["typed-external_number"]
    assert 'value="+4922147105630"' in text_of(response)


@pytest.mark.parametrize("query", ["again", "note_of"])
def test_note_of_the_earlier_transfer_is_still_there(client: Client, ada: User, query: str) -> None:
    earlier = make_transfer(agent=ada, note="Vertrag 4711", state="rejected")

    response = sign_in(client, ada).get(panel(make_call(agent=ada)), {query: earlier.pk}, headers=HTMX)

    assert "Vertrag 4711" in text_of(response)


def test_destination_of_another_agents_transfer_is_not_shown(client: Client, ada: User, ben: User) -> None:
    theirs = make_transfer(agent=ben, destination_type="external_number", destination="+4922147105630")

    response = sign_in(client, ada).get(panel(make_call(agent=ada)), {"again": theirs.pk}, headers=HTMX)

    assert "4922147105630" not in text_of(response)
