"""Requests that meet a closed gate: what becomes of them, what their agents read, and what TENIOS gets."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.lifecycle.gate.asking import KEY, NEW_KEY, accepting, answering, asking, digest_of, refusing
from tests.proofs.crowd import all_at_once
from transfers.calls import describe_progress, own_call
from transfers.lifecycle import execution, gate, sweeper, waiting
from transfers.lifecycle import states as transfer_states
from transfers.lifecycle.texts import explain
from transfers.live import publishing
from transfers.models import AuditEntry, SendingGate, Transfer, TransferState, User
from transfers.tenios import TeniosClient, TransferAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper's work leave the connection of the test open."""
    monkeypatch.setattr(sweeper, "close_old_connections", lambda: None)


def make_waiting(ada: User, *, due_in: float, **overrides: Any) -> Transfer:
    """A request of a connected call of its own, due in so many seconds."""
    due_at = timezone.now() + timedelta(seconds=due_in)
    requested_at = due_at - timedelta(seconds=3)
    call = overrides.pop("call", None) or make_call(agent=ada)
    return make_transfer(agent=ada, call=call, requested_at=requested_at, due_at=due_at, **overrides)


def stop() -> None:
    gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(KEY), actor="worker")


def pause(*, seconds_left: float) -> None:
    until_at = timezone.now() + timedelta(seconds=seconds_left)
    SendingGate.objects.update_or_create(pk=1, defaults={"paused_until_at": until_at})


def send(transfer: Transfer, client: TeniosClient) -> tuple[str, str]:
    execution.execute_transfer(transfer.pk, actor="worker", client=client)
    return state_of(transfer)


def state_of(transfer: Transfer) -> tuple[str, str]:
    transfer.refresh_from_db()
    return transfer.state, transfer.cancel_reason or transfer.error_code


class AtOnce(ThreadPoolExecutor):
    """Does what it is given in the thread of the test, which alone sees the test's rows."""

    def submit(self, action: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(action(*args, **kwargs))
        return done


def sweep() -> None:
    with AtOnce() as pool:
        sweeper.sweep_once(pool)


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
def test_nothing_leaves_while_the_gate_is_closed(ada: User, how: str) -> None:
    asked: list[str] = []
    transfer = make_waiting(ada, due_in=-0.1)
    stop() if how == "stopped" else pause(seconds_left=30)

    state, code = send(transfer, accepting(asked=asked))

    assert asked == []
    assert (state, code) == (("cancelled", "sending_stopped") if how == "stopped" else ("requested", ""))


def test_those_in_their_grace_are_cancelled_as_soon_as_sending_stops(ada: User, ben: User) -> None:
    refused, graced = make_waiting(ada, due_in=-0.1), make_waiting(ben, due_in=2.5)

    send(refused, refusing())

    assert state_of(graced) == ("cancelled", "sending_stopped")
    told = explain(graced)
    assert told.title == "TENIOS refuses our access key"
    assert "Nothing was sent." in told.text
    assert "You still have the caller." in told.text
    assert told.can_retry


def test_what_a_dying_worker_left_waiting_the_sweeper_cancels(ada: User) -> None:
    graced, due = make_waiting(ada, due_in=2.5), make_waiting(ada, due_in=-0.5)
    stop()

    sweep()

    assert state_of(graced) == state_of(due) == ("cancelled", "sending_stopped")


def test_the_card_tells_of_the_stop_urgently_and_for_long(ada: User) -> None:
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


def test_a_call_whose_phone_is_gone_still_tells_of_the_stop(ada: User) -> None:
    graced = make_waiting(ada, due_in=2.5, call=make_call(agent=None))
    stop()
    waiting.cancel_stopped_requests(actor="sweeper")

    own = own_call(ada)

    assert own is not None
    assert own.shown_transfer == graced


def test_what_was_asked_for_after_sending_went_on_is_paused(ada: User) -> None:
    stop()
    SendingGate.objects.update(stopped_at=None)
    transfer = make_waiting(ada, due_in=2.5)

    waiting.cancel_stopped_requests(actor="sweeper")

    assert state_of(transfer) == ("requested", "")


def test_what_sending_goes_on_for_just_now_is_not_cancelled(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = make_waiting(ada, due_in=2.5)
    move = transfer_states.move_transfer
    stop()

    def move_after_the_gate_opened(*step: Any, **words: Any) -> Transfer | None:
        SendingGate.objects.update(stopped_at=None)
        return move(*step, **words)

    monkeypatch.setattr(transfer_states, "move_transfer", move_after_the_gate_opened)
    waiting.cancel_stopped_requests(actor="sweeper")

    assert state_of(transfer) == ("requested", "")


def test_a_429_pauses_sending_for_as_long_as_tenios_asks(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-0.1)

    assert send(transfer, answering(429, {}, **{"Retry-After": "12"}))[0] == "rejected"

    assert gate.read_gate().pause_seconds_left == 12


def test_a_429_tells_the_cards_of_those_who_wait(ada: User, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, set[int]]] = []
    refused, graced = make_waiting(ada, due_in=-0.1), make_waiting(ben, due_in=2.5)
    monkeypatch.setattr(
        publishing, "publish_on_commit", lambda *, call_id, user_ids: told.append((call_id, set(user_ids)))
    )

    send(refused, answering(429, {}))

    assert (graced.call_id, {ben.pk}) in told
    assert state_of(graced) == ("requested", "")


def test_a_request_waits_for_the_end_of_a_pause_and_goes_out_then(ada: User) -> None:
    asked: list[str] = []
    transfer = make_waiting(ada, due_in=-3)
    pause(seconds_left=1)
    assert send(transfer, accepting(asked=asked))[0] == "requested"

    pause(seconds_left=-0.1)

    assert send(transfer, accepting())[0] == "accepted"
    assert asked == []


def test_the_sweeper_sends_after_a_pause_what_waited_for_it(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(execution, "execute_transfer", lambda pk, **_: sent.append(pk))
    transfer = make_waiting(ada, due_in=-3)
    pause(seconds_left=0.5)
    sweep()
    assert sent == []

    pause(seconds_left=-0.1)
    sweep()

    assert sent == [transfer.pk]


def test_a_pause_that_outlasts_the_request_is_named_as_the_reason(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-5.2)
    pause(seconds_left=20)

    sweep()

    assert state_of(transfer) == ("expired", "sending_paused")
    assert explain(transfer).text.startswith("TENIOS had asked us to wait for longer.")


def test_a_pause_that_ended_in_time_is_not_blamed(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-5.5)
    pause(seconds_left=-2)

    sweep()

    assert state_of(transfer) == ("expired", "")


@pytest.mark.parametrize(("due_in", "seconds_left", "is_held"), [(2, 10, True), (-1, 10, True), (3, 1, False)])
def test_the_card_says_when_a_pause_outlasts_the_time_to_undo(
    ada: User, due_in: float, seconds_left: float, is_held: bool
) -> None:
    transfer = make_waiting(ada, due_in=due_in)
    pause(seconds_left=seconds_left)

    progress = describe_progress(transfer)

    assert progress.is_paused is is_held
    assert (progress.explanation.title == "TENIOS asks us to wait") is is_held


def test_a_changed_key_is_checked_by_the_sweeper_and_opens_the_gate(
    ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = NEW_KEY
    monkeypatch.setattr(execution, "make_client", lambda: accepting(key=NEW_KEY, asked=asked))
    stop()

    sweep()

    assert gate.read_gate().is_open
    assert asked == ["/cdrs/retrieve"]


@pytest.mark.parametrize(
    "status",
    [403, 500],
    ids=["refused", "unclear"],
)
def test_a_changed_key_is_checked_once_for_each_stop_whatever_comes_of_it(
    monkeypatch: pytest.MonkeyPatch, settings: Any, status: int
) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = NEW_KEY
    client = asking(lambda: httpx.Response(status), key=NEW_KEY, asked=asked)
    monkeypatch.setattr(execution, "make_client", lambda: client)
    stop()

    for _ in range(5):
        sweep()

    assert gate.read_gate().is_stopped
    assert len(asked) == 1


def test_two_sweepers_with_two_wrong_keys_do_not_keep_each_other_asking(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    asked: list[str] = []
    memories: dict[str, set[Any]] = {NEW_KEY: set(), "another-wrong-key-0000": set()}
    stop()

    for _ in range(5):
        for key, memory in memories.items():
            settings.TENIOS_ACCESS_KEY = key
            client = refusing(key=key, asked=asked)
            monkeypatch.setattr(execution, "make_client", lambda client=client: client)
            monkeypatch.setattr(sweeper, "_checked_stops", memory)
            sweep()

    assert len(asked) == 2


def test_the_refused_key_is_not_checked_without_a_click(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = KEY
    monkeypatch.setattr(execution, "make_client", lambda: accepting(asked=asked))
    stop()

    sweep()

    assert asked == []


def test_no_key_at_all_is_not_checked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = ""
    monkeypatch.setattr(execution, "make_client", lambda: accepting(key="", asked=asked))
    stop()

    sweep()

    assert asked == []


def test_a_changed_key_is_checked_later_if_somebody_else_is_asking(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.TENIOS_ACCESS_KEY = NEW_KEY
    monkeypatch.setattr(execution, "make_client", lambda: accepting(key=NEW_KEY))
    stop()
    SendingGate.objects.update(checking_until_at=timezone.now() + timedelta(seconds=9))
    sweep()
    assert gate.read_gate().is_stopped

    SendingGate.objects.update(checking_until_at=None)
    sweep()

    assert gate.read_gate().is_open


@pytest.mark.django_db(transaction=True)
def test_after_a_stop_none_of_many_workers_asks_tenios(ada: User) -> None:
    asked: list[str] = []
    client = accepting(asked=asked)
    transfers = [make_waiting(ada, due_in=-0.1) for _ in range(8)]
    stop()

    all_at_once([lambda each=each: send(each, client) for each in transfers])  # type: ignore[misc]

    assert asked == []
    assert {state_of(each) for each in transfers} == {("cancelled", "sending_stopped")}


@pytest.mark.django_db(transaction=True)
def test_many_refusals_at_once_stop_sending_once_and_lock_nobody_out(ada: User) -> None:
    transfers = [make_waiting(ada, due_in=-0.1) for _ in range(8)]
    graced = make_waiting(ada, due_in=2.5)
    client = refusing()

    states = all_at_once([lambda each=each: send(each, client)[0] for each in transfers])  # type: ignore[misc]

    assert set(states) <= {"rejected", "cancelled"}
    assert "rejected" in states
    assert state_of(graced) == ("cancelled", "sending_stopped")
    assert AuditEntry.objects.filter(action="sending_stopped").count() == 1
