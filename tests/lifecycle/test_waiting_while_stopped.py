"""Requests while sending is stopped: what becomes of them, what their agents read, and what TENIOS gets."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import make_call
from tests.lifecycle.closed_gate import make_waiting, pause, send, state_of, stop, sweep
from tests.lifecycle.gate.asking import KEY, accepting, refusing
from tests.proofs.crowd import all_at_once
from transfers.calls import describe_progress, own_call
from transfers.lifecycle import gate, sweeper, waiting
from transfers.lifecycle import states as transfer_states
from transfers.lifecycle.texts import explain
from transfers.models import AuditEntry, SendingGate, Transfer, TransferState, User
from transfers.tenios import TeniosClient, TransferAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper's work leave the connection of the test open."""
    monkeypatch.setattr(sweeper, "close_old_connections", lambda: None)


def test_a_refused_key_stops_sending_with_the_verdict_it_came_with(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-0.1)

    assert send(transfer, refusing()) == ("rejected", "BAD_CREDENTIALS")

    assert gate.read_gate().is_stopped
    actions = AuditEntry.objects.filter(transfer_id=transfer.pk).order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["transfer_sending", "transfer_rejected", "sending_stopped"]


def test_a_refusal_that_comes_after_the_lease_stops_sending_as_well(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-0.1)

    class Late(TeniosClient):
        def transfer_call(self, **request: str) -> TransferAnswer:
            Transfer.objects.filter(pk=transfer.pk).update(state=TransferState.UNKNOWN)
            return refusing().transfer_call(**request)

    assert send(transfer, Late(access_key=KEY, base_url=""))[0] == "not_executed"

    assert gate.read_gate().is_stopped


def test_verdict_and_stop_are_recorded_together_or_not_at_all(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = make_waiting(ada, due_in=-0.1)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("as told")

    monkeypatch.setattr(gate, "update_gate_from", fail)
    with pytest.raises(RuntimeError):
        send(transfer, refusing())

    assert state_of(transfer)[0] == "sending"


@pytest.mark.parametrize("how", ["stopped", "paused"])
def test_nothing_is_sent_while_the_gate_is_closed(ada: User, how: str) -> None:
    asked: list[str] = []
    transfer = make_waiting(ada, due_in=-0.1)
    stop() if how == "stopped" else pause(seconds_left=30)

    state, code = send(transfer, accepting(asked=asked))

    assert asked == []
    assert (state, code) == (("cancelled", "sending_stopped") if how == "stopped" else ("requested", ""))


def test_requests_in_their_grace_are_cancelled_as_soon_as_sending_stops(ada: User, ben: User) -> None:
    refused, graced = make_waiting(ada, due_in=-0.1), make_waiting(ben, due_in=2.5)

    send(refused, refusing())

    assert state_of(graced) == ("cancelled", "sending_stopped")
    told = explain(graced)
    assert told.title == "TENIOS refuses our access key"
    assert "Nothing was sent." in told.text
    assert "You still have the caller." in told.text
    assert told.can_retry


def test_the_sweeper_cancels_what_a_dead_worker_left_waiting(ada: User) -> None:
    graced, due = make_waiting(ada, due_in=2.5), make_waiting(ada, due_in=-0.5)
    stop()

    sweep()

    assert state_of(graced) == state_of(due) == ("cancelled", "sending_stopped")


def test_the_card_shows_the_stop_urgently_and_for_long(ada: User) -> None:
    graced = make_waiting(ada, due_in=2.5)
    stop()
    waiting.cancel_stopped_requests(actor="sweeper")
    Transfer.objects.filter(pk=graced.pk).update(settled_at=timezone.now() - timedelta(seconds=100))

    own = own_call(ada)

    assert own is not None
    assert own.shown_transfer is not None
    progress = describe_progress(own.shown_transfer)
    assert (progress.tone, progress.is_announced_urgently) == ("not_sent", True)
    assert progress.explanation.title == "TENIOS refuses our access key"


def test_a_call_that_lost_its_agent_still_shows_the_stop(ada: User) -> None:
    graced = make_waiting(ada, due_in=2.5, call=make_call(agent=None))
    stop()
    waiting.cancel_stopped_requests(actor="sweeper")

    own = own_call(ada)

    assert own is not None
    assert own.shown_transfer == graced


def test_a_request_made_after_sending_resumed_is_not_cancelled(ada: User) -> None:
    stop()
    SendingGate.objects.update(stopped_at=None)
    transfer = make_waiting(ada, due_in=2.5)

    waiting.cancel_stopped_requests(actor="sweeper")

    assert state_of(transfer) == ("requested", "")


def test_nothing_is_cancelled_if_sending_resumes_at_this_moment(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = make_waiting(ada, due_in=2.5)
    move = transfer_states.move_transfer
    stop()

    def move_after_the_gate_opened(*step: Any, **words: Any) -> Transfer | None:
        SendingGate.objects.update(stopped_at=None)
        return move(*step, **words)

    monkeypatch.setattr(transfer_states, "move_transfer", move_after_the_gate_opened)
    waiting.cancel_stopped_requests(actor="sweeper")

    assert state_of(transfer) == ("requested", "")


@pytest.mark.django_db(transaction=True)
def test_after_a_stop_none_of_many_workers_sends_a_request(ada: User) -> None:
    asked: list[str] = []
    client = accepting(asked=asked)
    transfers = [make_waiting(ada, due_in=-0.1) for _ in range(8)]
    stop()

    all_at_once([lambda each=each: send(each, client) for each in transfers])  # type: ignore[misc]

    assert asked == []
    assert {state_of(each) for each in transfers} == {("cancelled", "sending_stopped")}


@pytest.mark.django_db(transaction=True)
def test_many_refusals_at_once_stop_sending_once_without_a_deadlock(ada: User) -> None:
    transfers = [make_waiting(ada, due_in=-0.1) for _ in range(8)]
    graced = make_waiting(ada, due_in=2.5)
    client = refusing()

    states = all_at_once([lambda each=each: send(each, client)[0] for each in transfers])  # type: ignore[misc]

    assert set(states) <= {"rejected", "cancelled"}
    assert "rejected" in states
    assert state_of(graced) == ("cancelled", "sending_stopped")
    assert AuditEntry.objects.filter(action="sending_stopped").count() == 1
