import itertools
import uuid

import pytest

from tests.factories import make_call, make_transfer
from tests.posts import CALLER, DIALLED, apply_post
from transfers.audit_log import AuditAction
from transfers.calls import take_call
from transfers.models import AgentAddress, AuditEntry, Call, CallEvent, CallState, TransferState, User

pytestmark = pytest.mark.django_db

LIFE = ["CALL_START", "BLOCK_END", "INITIATE_FORWARD", "FORWARD_ANSWER", "CALL_END"]


@pytest.fixture
def call_uuid() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def phones(ada: User, ben: User) -> None:
    AgentAddress.objects.create(user=ada, address="ada")
    AgentAddress.objects.create(user=ada, address="+4922147100561")
    AgentAddress.objects.create(user=ben, address="ben")


@pytest.mark.parametrize(
    ("posts", "state"),
    [
        (LIFE[:1], CallState.RINGING),
        (LIFE[:2], CallState.MENU),
        (LIFE[:3], CallState.FORWARDING),
        (LIFE[:4], CallState.CONNECTED),
        (LIFE, CallState.ENDED),
        (["CALL_START", "INITIATE_FORWARD", "INITIATE_FORWARD", "answer_forward"], CallState.CONNECTED),
        (["CALL_START", "SOMETHING_NEW"], CallState.RINGING),
    ],
)
def test_call_state_follows_its_events(call_uuid: str, posts: list[str], state: str) -> None:
    for post in posts:
        apply_post(post, call_uuid=call_uuid)

    assert Call.objects.get(call_uuid=call_uuid).state == state


@pytest.mark.parametrize("order", list(itertools.permutations(LIFE)))
def test_call_state_never_falls_in_any_order_of_events(call_uuid: str, order: tuple[str, ...]) -> None:
    ranks = []
    for post in order:
        apply_post(post, call_uuid=call_uuid)
        ranks.append(CallState(Call.objects.get(call_uuid=call_uuid).state).rank)

    assert ranks == sorted(ranks)
    assert Call.objects.get(call_uuid=call_uuid).state == CallState.ENDED


@pytest.mark.parametrize("count", range(1, 6))
def test_repeated_event_is_stored_and_changes_nothing(call_uuid: str, count: int) -> None:
    for post in LIFE[:count]:
        apply_post(post, call_uuid=call_uuid)
    before = Call.objects.values("state", "agent_id", "started_at", "connected_at", "ended_at").get()

    for post in LIFE[:count]:
        apply_post(post, call_uuid=call_uuid)

    assert Call.objects.values("state", "agent_id", "started_at", "connected_at", "ended_at").get() == before
    assert CallEvent.objects.count() == 2 * count


def test_call_keeps_the_facts_of_its_first_event(call_uuid: str) -> None:
    apply_post("CALL_START", call_uuid=call_uuid)
    apply_post("BLOCK_END", call_uuid=call_uuid, block_type="COLLECT_DIGITS", collected_menu="2")
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, destination_number="clara.weiss")

    call = Call.objects.get(call_uuid=call_uuid)
    assert (call.caller_number, call.called_number, call.menu_key) == (CALLER, DIALLED, "2")
    assert call.forward_target == "clara.weiss"
    assert call.caller_digest != ""


def test_event_without_a_call_id_is_stored_and_moves_no_call() -> None:
    apply_post("CALL_START", call_uuid=" ")

    assert CallEvent.objects.get().call_uuid == ""
    assert Call.objects.count() == 0


@pytest.mark.parametrize("named", ["ada", "+4922147100561", "0221 47100561"])
def test_forward_to_a_phone_of_an_agent_assigns_the_call(call_uuid: str, ada: User, phones: None, named: str) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, whatever_it_is_called=named)

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_agent_who_calls_in_is_not_assigned_their_own_call(call_uuid: str, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, caller_id_number="+4922147100561")

    assert Call.objects.get(call_uuid=call_uuid).agent is None


def test_call_belongs_to_the_agent_of_its_last_forward(call_uuid: str, ada: User, ben: User, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ben")
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ada")
    apply_post("FORWARD_ANSWER", call_uuid=call_uuid, forward_destination="ada")

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_late_forward_event_does_not_reassign_a_connected_call(call_uuid: str, ada: User, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ada")
    apply_post("FORWARD_ANSWER", call_uuid=call_uuid, forward_destination="ada")

    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ben")

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_forward_to_an_unknown_phone_takes_the_call_from_its_agent(call_uuid: str, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ada")
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="clara.weiss")

    assert Call.objects.get(call_uuid=call_uuid).agent is None


def test_forward_to_the_destination_of_the_transfer_assigns_the_call(ada: User, ben: User, phones: None) -> None:
    call = make_call(agent=ada)
    make_transfer(call=call, agent=ada, destination="ben", state=TransferState.ACCEPTED, sent_at=call.connected_at)

    apply_post("INITIATE_FORWARD", call_uuid=call.call_uuid, forward_destination="ben")

    call.refresh_from_db()
    assert (call.agent, call.state) == (ben, CallState.CONNECTED)


def test_end_of_the_call_cancels_an_unsent_request(ada: User) -> None:
    call = make_call(agent=ada)
    transfer = make_transfer(call=call, agent=ada)

    apply_post("CALL_END", call_uuid=call.call_uuid)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.cancel_reason) == (TransferState.CANCELLED, "call_ended")


@pytest.mark.parametrize("state", [TransferState.SENDING, TransferState.ACCEPTED, TransferState.UNKNOWN])
def test_end_of_the_call_settles_no_sent_transfer(ada: User, state: str) -> None:
    call = make_call(agent=ada)
    transfer = make_transfer(call=call, agent=ada, state=state, sent_at=call.connected_at)

    apply_post("CALL_END", call_uuid=call.call_uuid)

    transfer.refresh_from_db()
    assert transfer.state == state
    assert AuditEntry.objects.get(transfer_id=transfer.pk).action == AuditAction.CALL_ENDED


def test_keys_that_a_caller_pressed_assign_no_agent(call_uuid: str, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, collected_extension="ben")

    assert Call.objects.get(call_uuid=call_uuid).agent is None


def test_forward_target_has_priority_over_other_variables(call_uuid: str, ada: User, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, aaa="ben", forward_destination="ada", zzz="ben")

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_call_taken_by_hand_keeps_its_agent_after_a_forward_to_an_unknown_phone(call_uuid: str, ada: User) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="desk-17")
    assert take_call(user=ada, call_uuid=call_uuid)

    apply_post("FORWARD_ANSWER", call_uuid=call_uuid, forward_destination="desk-17")

    call = Call.objects.get(call_uuid=call_uuid)
    assert (call.agent, call.state) == (ada, CallState.CONNECTED)
