"""Requesting a transfer: what is committed, what is refused, and what one form makes when it is posted twice."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import make_call, make_destination, make_transfer, make_user
from transfers.audit_log import AuditAction
from transfers.base import redis_queue
from transfers.destination_policy import CheckedDestination, DestinationRefused
from transfers.lifecycle import doorbell, gate, requests, states, waiting
from transfers.lifecycle.refusals import CallNotConnected, CallNotFound, CallNotYours, TransferAlreadyOpen
from transfers.lifecycle.request_record import TransferRequest
from transfers.models import (
    AgentAddress,
    AuditDetail,
    AuditEntry,
    Call,
    CallState,
    SendingGate,
    Transfer,
    TransferState,
    User,
)

pytestmark = pytest.mark.django_db


def request(user: User, call: Call, **overrides: object) -> Transfer:
    values: dict[str, object] = {
        "call_uuid": call.call_uuid,
        "destination_type": "external_number",
        "address": "+4922147105630",
        "note": "",
        "request_key": uuid.uuid4(),
        **overrides,
    }
    return requests.request_transfer(user=user, **values)  # type: ignore[arg-type]


def test_request_commits_a_transfer_in_its_grace_with_its_audit_entry(ada: User, settings: object) -> None:
    call = make_call(agent=ada)

    transfer = request(ada, call, note="wants a refund")

    entry = AuditEntry.objects.get(transfer_id=transfer.pk)
    assert (transfer.state, transfer.note, transfer.agent_name) == ("requested", "wants a refund", "Ada Keller")
    assert transfer.due_at - transfer.requested_at == timedelta(seconds=3)
    assert (entry.action, entry.outcome, entry.actor) == (
        AuditAction.TRANSFER_REQUESTED,
        "requested",
        str(ada.pseudonym),
    )
    assert "+4922147105630" in AuditDetail.objects.get(entry=entry).payload


def test_number_in_another_spelling_is_stored_as_e164_with_the_directorys_name(ada: User) -> None:
    make_destination(name="Haustechnik", destination_type="external_number", address="+4922147105630")

    transfer = request(ada, make_call(agent=ada), address="0221/471 05-630")

    assert (transfer.destination, transfer.destination_name) == ("+4922147105630", "Haustechnik")


def test_transfer_is_enqueued_for_the_end_of_the_grace(
    ada: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    jobs: list[tuple[int, float]] = []
    monkeypatch.setattr(doorbell, "enqueue_transfer", lambda pk, *, delay_seconds=0.0: jobs.append((pk, delay_seconds)))

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        transfer = request(ada, make_call(agent=ada))

    assert jobs == [(transfer.pk, 3.0)]


def test_request_is_kept_while_the_broker_is_down(
    ada: User, django_capture_on_commit_callbacks: object, caplog: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        transfer = request(ada, make_call(agent=ada))

    assert redis_queue.queue.drain(seconds=10)
    assert Transfer.objects.get(pk=transfer.pk).state == TransferState.REQUESTED
    assert "enqueue failed for transfer" in caplog.text


def test_same_form_again_returns_the_same_transfer(ada: User) -> None:
    call, key = make_call(agent=ada), uuid.uuid4()

    first = request(ada, call, request_key=key)
    second = request(ada, call, request_key=key)

    assert first.pk == second.pk
    assert Transfer.objects.count() == 1


def test_form_refused_in_a_pause_gets_the_transfer_that_its_second_click_made_right_after(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, key = make_call(agent=ada), uuid.uuid4()
    gate.pause_sending(1, actor="worker")
    find_transfer = requests._transfer_of_same_form

    def let_second_click_pass(same: TransferRequest) -> Transfer | None:
        monkeypatch.setattr(requests, "_transfer_of_same_form", find_transfer)
        SendingGate.objects.update(paused_until_at=timezone.now())
        request(ada, call, request_key=key)
        return find_transfer(same)

    monkeypatch.setattr(requests, "_transfer_of_same_form", let_second_click_pass)

    late = request(ada, call, request_key=key)

    assert late == Transfer.objects.get()


@pytest.mark.parametrize("meanwhile", ["the call ends", "sending stops"])
def test_form_whose_second_click_was_faster_gets_its_transfer_whatever_happened_in_between(
    ada: User, meanwhile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, key = make_call(agent=ada), uuid.uuid4()
    find_names = requests._directory_names

    def let_second_click_pass(user: User, checked: CheckedDestination) -> dict[int, str]:
        monkeypatch.setattr(requests, "_directory_names", find_names)
        request(ada, call, request_key=key)
        if meanwhile == "the call ends":
            Call.objects.update(state=CallState.ENDED, ended_at=timezone.now())
        else:
            gate.stop_sending(code="BAD_CREDENTIALS", key_digest="", actor="worker")
            waiting.cancel_stopped_requests(actor="worker")
        return find_names(user, checked)

    monkeypatch.setattr(requests, "_directory_names", let_second_click_pass)

    late = request(ada, call, request_key=key)

    assert late == Transfer.objects.get()


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.MENU, CallState.FORWARDING, CallState.ENDED])
def test_call_that_is_not_connected_is_refused(ada: User, state: str) -> None:
    call = make_call(agent=ada, state=state)

    with pytest.raises(CallNotConnected) as refusal:
        request(ada, call)

    assert refusal.value.call == call
    assert Transfer.objects.count() == 0


def test_open_transfer_refuses_a_second_one_and_is_named(ada: User, ben: User) -> None:
    call = make_call()
    first = request(ada, call)

    with pytest.raises(TransferAlreadyOpen) as refusal:
        request(ben, call)

    assert refusal.value.transfer == first


def test_accepted_transfer_blocks_the_call_for_ten_seconds(ada: User) -> None:
    call = make_call(agent=ada)
    now = timezone.now()
    accepted = make_transfer(call=call, state=TransferState.ACCEPTED, accepted_at=now - timedelta(seconds=9))

    with pytest.raises(TransferAlreadyOpen):
        request(ada, call)

    Transfer.objects.filter(pk=accepted.pk).update(accepted_at=now - timedelta(seconds=11))
    assert request(ada, call).state == TransferState.REQUESTED


def test_answered_transfer_blocks_the_call_for_everybody_but_a_supervisor(ada: User, sue: User) -> None:
    call = make_call(agent=ada)
    answered = make_transfer(call=call, agent=ada, state=TransferState.ANSWERED)

    with pytest.raises(TransferAlreadyOpen) as refusal:
        request(ada, call)

    assert refusal.value.transfer == answered
    assert request(sue, call).state == TransferState.REQUESTED


@pytest.mark.parametrize("later", [TransferState.CANCELLED, TransferState.REJECTED, TransferState.NOT_SENT])
def test_failed_transfer_after_an_answer_does_not_free_the_call(ada: User, sue: User, later: str) -> None:
    call = make_call(agent=ada)
    answered = make_transfer(call=call, agent=ada, state=TransferState.ANSWERED)
    make_transfer(call=call, agent=sue, state=later)

    with pytest.raises(TransferAlreadyOpen) as refusal:
        request(ada, call)

    assert refusal.value.transfer == answered


def test_form_of_one_call_is_refused_for_another(ada: User) -> None:
    key = uuid.uuid4()
    first = request(ada, make_call(agent=ada), request_key=key)

    with pytest.raises(TransferAlreadyOpen) as refusal:
        request(ada, make_call(agent=ada), request_key=key)

    assert refusal.value.transfer == first
    assert Transfer.objects.count() == 1


def test_agent_who_received_the_call_may_transfer_it_again(ada: User, ben: User) -> None:
    now = timezone.now()
    AgentAddress.objects.create(user=ben, address="ben")
    call = make_call(agent=ben, agent_since_at=now)
    earlier = now - timedelta(seconds=20)
    make_transfer(
        call=call, agent=ada, state=TransferState.ANSWERED, destination="ben", requested_at=earlier, sent_at=earlier
    )

    assert request(ben, call).agent == ben


def test_call_of_another_agent_is_transferred_by_a_supervisor_only(ada: User, ben: User, sue: User) -> None:
    call = make_call(agent=ben)

    with pytest.raises(CallNotYours):
        request(ada, call)

    assert request(sue, call).agent == sue


def test_unknown_call_is_not_found(ada: User) -> None:
    with pytest.raises(CallNotFound):
        request(ada, make_call(), call_uuid="no-such-call")


def test_destination_outside_the_policy_is_refused(ada: User) -> None:
    with pytest.raises(DestinationRefused):
        request(ada, make_call(agent=ada), address="+49900123456")

    assert Transfer.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_simultaneous_requests_of_one_call_make_one_transfer(same_form: bool) -> None:
    users = [make_user(role="agent") for _ in range(1 if same_form else 8)]
    call, key = make_call(), uuid.uuid4()
    barrier = threading.Barrier(8)
    outcomes: list[str] = []

    def click(number: int) -> None:
        user = users[number % len(users)]
        barrier.wait()
        try:
            outcomes.append(f"transfer {request(user, call, request_key=key).pk}")
        except TransferAlreadyOpen as refusal:
            outcomes.append(f"blocked by {refusal.transfer.pk}")
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    only = Transfer.objects.get()
    made = outcomes.count(f"transfer {only.pk}")
    assert made == (8 if same_form else 1)
    assert made + outcomes.count(f"blocked by {only.pk}") == 8
    assert only.state in states.CLAIM.sources
