from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.calls import announced_to, hand_over_of
from transfers.models import Call, ResolvedBy, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bens_phone(ben: User) -> str:
    ben.addresses.create(address="ben.phone")
    return "ben.phone"


def make_accepted(agent: User, address: str, *, seconds_ago: float = 5, **overrides: object) -> Transfer:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    values = {"state": TransferState.ACCEPTED, "destination": address, "sent_at": at, "accepted_at": at}
    return make_transfer(agent=agent, **{**values, **overrides})


def assign_call_to(user: User, transfer: Transfer) -> Call:
    Call.objects.filter(pk=transfer.call_id).update(agent=user, agent_since_at=timezone.now())
    return Call.objects.get(pk=transfer.call_id)


def test_transfer_is_announced_to_its_receiver_once_tenios_accepted_it(ada: User, ben: User, bens_phone: str) -> None:
    transfer = make_accepted(ada, bens_phone, note="Riecht nach Gas")

    announced = announced_to(ben)

    assert announced is not None
    assert announced.transfer == transfer
    assert announced_to(ada) is None


@pytest.mark.parametrize(
    "overrides",
    [
        {"state": TransferState.SENDING},
        {"state": TransferState.UNKNOWN},
        {"state": TransferState.REJECTED},
        {"resolved_by": ResolvedBy.PERSON},
        {"seconds_ago": 46},
        {"address": "somebody.else"},
    ],
)
def test_only_transfers_accepted_just_now_for_this_phone_are_announced(
    ada: User, ben: User, bens_phone: str, overrides: dict[str, object]
) -> None:
    make_accepted(ada, **{"address": bens_phone, **overrides})  # type: ignore[arg-type]

    assert announced_to(ben) is None


def test_transfer_to_ones_own_phone_is_not_announced(ben: User, bens_phone: str) -> None:
    make_accepted(ben, bens_phone)

    assert announced_to(ben) is None


def test_transferred_call_shows_the_note_and_the_sender(ada: User, ben: User, bens_phone: str) -> None:
    transfer = make_accepted(ada, bens_phone, note="Riecht nach Gas", state=TransferState.ANSWERED)
    call = assign_call_to(ben, transfer)

    hand_over = hand_over_of(call, ben)

    assert hand_over is not None
    assert (hand_over.transfer.note, hand_over.transfer.agent_name) == ("Riecht nach Gas", ada.display_name)
    assert announced_to(ben) is None


def test_call_that_was_never_transferred_has_no_hand_over(ben: User, bens_phone: str) -> None:
    call = make_call(agent=ben, agent_since_at=timezone.now())

    assert hand_over_of(call, ben) is None


def test_earlier_transfers_are_the_sent_ones_of_the_same_caller(ada: User, ben: User, bens_phone: str) -> None:
    caller = "a" * 64
    sent_at = timezone.now() - timedelta(hours=2)
    older = [
        make_accepted(ada, f"line.{number}", call=make_call(caller_digest=caller), sent_at=sent_at)
        for number in range(4)
    ]
    make_transfer(agent=ada, call=make_call(caller_digest=caller), state=TransferState.CANCELLED)
    make_accepted(ada, "line.9", call=make_call(caller_digest="b" * 64))
    make_accepted(ada, bens_phone, call=make_call(caller_digest=caller))

    announced = announced_to(ben)

    assert announced is not None
    assert list(announced.earlier) == older[:0:-1]


def test_withheld_number_has_no_earlier_transfers(ada: User, ben: User, bens_phone: str) -> None:
    make_accepted(ada, "line.1", call=make_call(caller_number="", caller_digest=""))
    make_accepted(ada, bens_phone, call=make_call(caller_number="", caller_digest=""))

    announced = announced_to(ben)

    assert announced is not None
    assert announced.earlier == ()


def test_receivers_card_shows_sender_and_note_while_the_phone_rings(
    client: Client, ada: User, ben: User, bens_phone: str
) -> None:
    make_accepted(ada, bens_phone, note="Riecht <b>nach</b> Gas")
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f"{ada.display_name} is transferring a caller to you" in html
    assert "Riecht &lt;b&gt;nach&lt;/b&gt; Gas" in html
    assert "No note" not in html


def test_card_of_a_transferred_call_keeps_the_note(client: Client, ada: User, ben: User, bens_phone: str) -> None:
    earlier = make_accepted(ada, "line.1", call=make_call(caller_digest="c" * 64), destination_name="Rechnung")
    call = make_call(caller_digest="c" * 64)
    transfer = make_accepted(ada, bens_phone, call=call, note="Zweite Beschwerde", state=TransferState.ANSWERED)
    assign_call_to(ben, transfer)
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f"Transferred by {ada.display_name}" in html
    assert "Zweite Beschwerde" in html
    assert "1 earlier transfer of this caller" in html
    assert earlier.destination_name in html


def test_ringing_call_of_the_receiver_is_not_shown_as_connected(
    client: Client, ada: User, ben: User, bens_phone: str
) -> None:
    assign_call_to(ben, make_accepted(ada, bens_phone, note="Riecht nach Gas"))
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f"{ada.display_name} is transferring a caller to you" in html
    assert "with you since" not in html


def test_receiver_on_another_call_keeps_their_card(client: Client, ada: User, ben: User, bens_phone: str) -> None:
    own = make_call(agent=ben, agent_since_at=timezone.now())
    make_accepted(ada, bens_phone)
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f'data-call-uuid="{own.call_uuid}"' in html
