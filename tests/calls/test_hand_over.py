from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.calls import hand_over
from transfers.models import PERSONS_WORD, Call, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bens_phone(ben: User) -> str:
    ben.addresses.create(address="ben.phone")
    return "ben.phone"


def accepted(agent: User, address: str, *, seconds_ago: float = 5, **overrides: object) -> Transfer:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    values = {"state": TransferState.ACCEPTED, "destination": address, "sent_at": at, "accepted_at": at}
    return make_transfer(agent=agent, **{**values, **overrides})


def call_that_came_to(user: User, transfer: Transfer) -> Call:
    Call.objects.filter(pk=transfer.call_id).update(agent=user, agent_since_at=timezone.now())
    return Call.objects.get(pk=transfer.call_id)


def test_the_colleague_hears_of_a_transfer_once_tenios_accepted_it(ada: User, ben: User, bens_phone: str) -> None:
    transfer = accepted(ada, bens_phone, note="Riecht nach Gas")

    announced = hand_over.announced_to(ben)

    assert announced is not None
    assert announced.transfer == transfer
    assert hand_over.announced_to(ada) is None


@pytest.mark.parametrize(
    "overrides",
    [
        {"state": TransferState.SENDING},
        {"state": TransferState.UNKNOWN},
        {"state": TransferState.REJECTED},
        {"error_code": PERSONS_WORD},
        {"seconds_ago": 46},
        {"address": "somebody.else"},
    ],
)
def test_nothing_is_announced_that_tenios_did_not_accept_just_now_for_this_phone(
    ada: User, ben: User, bens_phone: str, overrides: dict[str, object]
) -> None:
    accepted(ada, **{"address": bens_phone, **overrides})  # type: ignore[arg-type]

    assert hand_over.announced_to(ben) is None


def test_a_transfer_to_ones_own_phone_announces_nothing(ben: User, bens_phone: str) -> None:
    accepted(ben, bens_phone)

    assert hand_over.announced_to(ben) is None


def test_the_call_that_came_by_transfer_brings_its_note_and_its_sender(ada: User, ben: User, bens_phone: str) -> None:
    transfer = accepted(ada, bens_phone, note="Riecht nach Gas", state=TransferState.ANSWERED)
    call = call_that_came_to(ben, transfer)

    found = hand_over.hand_over_of(call, ben)

    assert found is not None
    assert (found.transfer.note, found.transfer.agent_name) == ("Riecht nach Gas", ada.display_name)
    assert hand_over.announced_to(ben) is None


def test_a_call_that_somebody_answered_first_was_handed_over_by_nobody(ben: User, bens_phone: str) -> None:
    call = make_call(agent=ben, agent_since_at=timezone.now())

    assert hand_over.hand_over_of(call, ben) is None


def test_earlier_transfers_are_those_of_the_same_caller_that_were_sent(ada: User, ben: User, bens_phone: str) -> None:
    caller = "a" * 64
    sent_at = timezone.now() - timedelta(hours=2)
    older = [
        accepted(ada, f"line.{number}", call=make_call(caller_digest=caller), sent_at=sent_at) for number in range(4)
    ]
    make_transfer(agent=ada, call=make_call(caller_digest=caller), state=TransferState.CANCELLED)
    accepted(ada, "line.9", call=make_call(caller_digest="b" * 64))
    accepted(ada, bens_phone, call=make_call(caller_digest=caller))

    announced = hand_over.announced_to(ben)

    assert announced is not None
    assert list(announced.earlier) == older[:0:-1]


def test_a_withheld_number_has_no_earlier_transfers(ada: User, ben: User, bens_phone: str) -> None:
    accepted(ada, "line.1", call=make_call(caller_number="", caller_digest=""))
    accepted(ada, bens_phone, call=make_call(caller_number="", caller_digest=""))

    announced = hand_over.announced_to(ben)

    assert announced is not None
    assert announced.earlier == ()


def test_the_colleagues_card_tells_who_transfers_and_why_while_it_rings(
    client: Client, ada: User, ben: User, bens_phone: str
) -> None:
    accepted(ada, bens_phone, note="Riecht <b>nach</b> Gas")
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f"{ada.display_name} is transferring a caller to you" in html
    assert "Riecht &lt;b&gt;nach&lt;/b&gt; Gas" in html
    assert "No note" not in html


def test_the_card_of_a_call_that_came_by_transfer_keeps_the_note(
    client: Client, ada: User, ben: User, bens_phone: str
) -> None:
    earlier = accepted(ada, "line.1", call=make_call(caller_digest="c" * 64), destination_name="Rechnung")
    call = make_call(caller_digest="c" * 64)
    transfer = accepted(ada, bens_phone, call=call, note="Zweite Beschwerde", state=TransferState.ANSWERED)
    call_that_came_to(ben, transfer)
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f"Transferred by {ada.display_name}" in html
    assert "Zweite Beschwerde" in html
    assert "1 earlier transfer of this caller" in html
    assert earlier.destination_name in html


def test_a_call_that_rings_for_the_colleague_is_not_yet_called_connected(
    client: Client, ada: User, ben: User, bens_phone: str
) -> None:
    call_that_came_to(ben, accepted(ada, bens_phone, note="Riecht nach Gas"))
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f"{ada.display_name} is transferring a caller to you" in html
    assert "with you since" not in html


def test_somebody_on_another_call_keeps_their_card(client: Client, ada: User, ben: User, bens_phone: str) -> None:
    own = make_call(agent=ben, agent_since_at=timezone.now())
    accepted(ada, bens_phone)
    client.force_login(ben)

    html = client.get("/board/call-card/").content.decode()

    assert f'data-call-uuid="{own.call_uuid}"' in html
