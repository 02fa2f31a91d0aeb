"""The card after a failure offers what to try next, each with its key. Choosing one sends nothing."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_call, make_destination, make_transfer
from transfers.models import Transfer, TransferState, User

HTMX = {"HX-Request": "true"}


def card(client: Client) -> str:
    return client.get("/board/call-card/", headers=HTMX).content.decode()


@pytest.fixture
def failed(ada: User, client: Client) -> Transfer:
    """Return Ada's transfer that was not answered; its destination has four colleagues."""
    client.force_login(ada)
    gas = make_destination(name="Gas", department="Technik", address="gas")
    for name in ("Anton", "Berta", "Carla", "Dora"):
        make_destination(name=name, department="Technik", address=name.lower())
    return make_transfer(
        agent=ada,
        call=make_call(agent=ada),
        destination=gas.address,
        note="Smells of gas",
        state=TransferState.NOT_ANSWERED,
        settled_at=timezone.now(),
    )


def test_card_offers_three_next_best_destinations_each_with_its_key(client: Client, failed: Transfer) -> None:
    html = card(client)

    keys = re.findall(r'data-keys="([abc])" aria-keyshortcuts="([ABC])" title="(\w+)"', html)
    assert keys == [("a", "A", "Anton"), ("b", "B", "Berta"), ("c", "C", "Carla")]
    assert "Next best, open now: A Anton, B Berta, C Carla." in html  # spoken with what happened


def test_next_best_link_selects_the_destination_keeps_the_note_and_sends_nothing(
    client: Client, failed: Transfer
) -> None:
    [address] = re.findall(r'href="([^"]+)"[^>]*data-keys="b"', card(client))

    dialog = client.get(unescape(address), headers=HTMX).content.decode()

    selected = re.findall(r'aria-selected="true" data-key="\w+" data-type="\w+" data-address="(\w+)"', dialog)
    assert selected == ["berta"]
    assert "Smells of gas</textarea>" in dialog
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("state", [TransferState.UNKNOWN, TransferState.ACCEPTED, TransferState.NOT_SENT])
def test_no_next_best_is_offered_when_something_else_failed(
    client: Client, failed: Transfer, state: TransferState
) -> None:
    Transfer.objects.filter(pk=failed.pk).delete()
    make_transfer(agent=failed.agent, call=failed.call, destination="gas", state=state, accepted_at=timezone.now())

    assert "next-best" not in card(client)


def test_no_next_best_is_offered_after_the_call_has_ended(client: Client, failed: Transfer) -> None:
    failed.call.state = "ended"
    failed.call.save()

    assert "next-best" not in card(client)
