import itertools
import uuid

import pytest

from tests.factories import make_call, make_transfer
from tests.posts import CALLER, DIALLED, apply_post
from transfers.audit_log import AuditAction
from transfers.calls import ownership
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
def test_a_call_goes_the_way_its_posts_tell(call_uuid: str, posts: list[str], state: str) -> None:
    for post in posts:
        apply_post(post, call_uuid=call_uuid)

    assert Call.objects.get(call_uuid=call_uuid).state == state


@pytest.mark.parametrize("order", list(itertools.permutations(LIFE)))
def test_in_any_order_the_call_ends_as_ended_and_stays_so(call_uuid: str, order: tuple[str, ...]) -> None:
    seen = []
    for post in order:
        apply_post(post, call_uuid=call_uuid)
        seen.append(CallState(Call.objects.get(call_uuid=call_uuid).state).rank)

    assert seen == sorted(seen)
    assert Call.objects.get(call_uuid=call_uuid).state == CallState.ENDED


@pytest.mark.parametrize("upto", range(1, 6))
def test_a_repeated_post_changes_nothing_but_is_kept(call_uuid: str, upto: int) -> None:
    for post in LIFE[:upto]:
        apply_post(post, call_uuid=call_uuid)
    before = Call.objects.values("state", "agent_id", "started_at", "connected_at", "ended_at").get()

    for post in LIFE[:upto]:
        apply_post(post, call_uuid=call_uuid)

    assert Call.objects.values("state", "agent_id", "started_at", "connected_at", "ended_at").get() == before
    assert CallEvent.objects.count() == 2 * upto


def test_a_call_keeps_what_its_first_post_told_of_it(call_uuid: str) -> None:
    apply_post("CALL_START", call_uuid=call_uuid)
    apply_post("BLOCK_END", call_uuid=call_uuid, block_type="COLLECT_DIGITS", collected_menu="2")
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, destination_number="clara.weiss")

    call = Call.objects.get(call_uuid=call_uuid)
    assert (call.caller_number, call.called_number, call.menu_key) == (CALLER, DIALLED, "2")
    assert call.forward_target == "clara.weiss"
    assert call.caller_digest != ""


def test_a_post_without_a_call_id_is_kept_and_moves_nothing() -> None:
    apply_post("CALL_START", call_uuid=" ")

    assert CallEvent.objects.get().call_uuid == ""
    assert Call.objects.count() == 0


@pytest.mark.parametrize("named", ["ada", "+4922147100561", "0221 47100561"])
def test_a_forward_that_names_one_of_an_agents_phones_makes_the_call_theirs(
    call_uuid: str, ada: User, phones: None, named: str
) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, whatever_it_is_called=named)

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_an_agent_who_calls_in_does_not_get_their_own_call(call_uuid: str, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, caller_id_number="+4922147100561")

    assert Call.objects.get(call_uuid=call_uuid).agent is None


def test_the_call_belongs_to_the_last_one_it_was_forwarded_to(
    call_uuid: str, ada: User, ben: User, phones: None
) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ben")
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ada")
    apply_post("FORWARD_ANSWER", call_uuid=call_uuid, forward_destination="ada")

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_an_attempt_told_late_takes_the_connected_call_from_nobody(call_uuid: str, ada: User, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ada")
    apply_post("FORWARD_ANSWER", call_uuid=call_uuid, forward_destination="ada")

    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ben")

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_a_call_forwarded_on_to_somebody_without_account_is_no_longer_the_agents(call_uuid: str, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="ada")
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="clara.weiss")

    assert Call.objects.get(call_uuid=call_uuid).agent is None


def test_a_transfer_to_a_colleague_makes_the_call_theirs(ada: User, ben: User, phones: None) -> None:
    call = make_call(agent=ada)
    make_transfer(call=call, agent=ada, destination="ben", state=TransferState.ACCEPTED, sent_at=call.connected_at)

    apply_post("INITIATE_FORWARD", call_uuid=call.call_uuid, forward_destination="ben")

    call.refresh_from_db()
    assert (call.agent, call.state) == (ben, CallState.CONNECTED)


def test_the_end_of_the_call_takes_back_what_was_not_sent(ada: User) -> None:
    call = make_call(agent=ada)
    transfer = make_transfer(call=call, agent=ada)

    apply_post("CALL_END", call_uuid=call.call_uuid)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.error_code) == (TransferState.CANCELLED, "call_ended")


@pytest.mark.parametrize("state", [TransferState.SENDING, TransferState.ACCEPTED, TransferState.UNKNOWN])
def test_the_end_of_the_call_proves_nothing_about_what_was_sent(ada: User, state: str) -> None:
    call = make_call(agent=ada)
    transfer = make_transfer(call=call, agent=ada, state=state, sent_at=call.connected_at)

    apply_post("CALL_END", call_uuid=call.call_uuid)

    transfer.refresh_from_db()
    assert transfer.state == state
    assert AuditEntry.objects.get(transfer_id=transfer.pk).action == AuditAction.CALL_ENDED


def test_the_keys_a_caller_pressed_name_nobody(call_uuid: str, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, collected_extension="ben")

    assert Call.objects.get(call_uuid=call_uuid).agent is None


def test_the_forwards_target_counts_before_all_other_variables(call_uuid: str, ada: User, phones: None) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, aaa="ben", forward_destination="ada", zzz="ben")

    assert Call.objects.get(call_uuid=call_uuid).agent == ada


def test_a_call_taken_by_hand_stays_when_tenios_names_an_unknown_phone(call_uuid: str, ada: User) -> None:
    apply_post("INITIATE_FORWARD", call_uuid=call_uuid, forward_destination="desk-17")
    assert ownership.take_call(user=ada, call_uuid=call_uuid)

    apply_post("FORWARD_ANSWER", call_uuid=call_uuid, forward_destination="desk-17")

    call = Call.objects.get(call_uuid=call_uuid)
    assert (call.agent, call.state) == (ada, CallState.CONNECTED)
