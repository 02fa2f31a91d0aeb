"""Requests while sending is paused: what becomes of them, what their agents read, and what TENIOS gets."""

import pytest

from tests.lifecycle.closed_gate import make_waiting, pause, send, state_of, sweep
from tests.lifecycle.gate.asking import accepting, answering
from transfers.calls import describe_progress
from transfers.lifecycle import execution, gate, sweeper
from transfers.lifecycle.texts import explain
from transfers.live import publishing
from transfers.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper's work leave the connection of the test open."""
    monkeypatch.setattr(sweeper, "close_old_connections", lambda: None)


def test_a_429_pauses_sending_for_as_long_as_tenios_asks(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-0.1)

    assert send(transfer, answering(429, {}, **{"Retry-After": "12"}))[0] == "rejected"

    assert gate.read_gate().pause_seconds_left == 12


def test_a_429_refreshes_the_cards_of_waiting_requests(ada: User, ben: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, set[int]]] = []
    refused, graced = make_waiting(ada, due_in=-0.1), make_waiting(ben, due_in=2.5)
    monkeypatch.setattr(
        publishing, "publish_on_commit", lambda *, call_id, user_ids: told.append((call_id, set(user_ids)))
    )

    send(refused, answering(429, {}))

    assert (graced.call_id, {ben.pk}) in told
    assert state_of(graced) == ("requested", "")


def test_a_request_waits_for_the_end_of_a_pause_and_is_sent_then(ada: User) -> None:
    asked: list[str] = []
    transfer = make_waiting(ada, due_in=-3)
    pause(seconds_left=1)
    assert send(transfer, accepting(asked=asked))[0] == "requested"

    pause(seconds_left=-0.1)

    assert send(transfer, accepting())[0] == "accepted"
    assert asked == []


def test_the_sweeper_sends_after_a_pause_what_has_waited(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(execution, "execute_transfer", lambda pk, **_: sent.append(pk))
    transfer = make_waiting(ada, due_in=-3)
    pause(seconds_left=0.5)
    sweep()
    assert sent == []

    pause(seconds_left=-0.1)
    sweep()

    assert sent == [transfer.pk]


def test_a_pause_that_outlasts_the_request_is_the_reason_to_expire(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-5.2)
    pause(seconds_left=20)

    sweep()

    assert state_of(transfer) == ("expired", "sending_paused")
    assert explain(transfer).text.startswith("TENIOS had asked us to wait for longer.")


def test_a_pause_that_ended_in_time_is_no_reason_to_expire(ada: User) -> None:
    transfer = make_waiting(ada, due_in=-5.5)
    pause(seconds_left=-2)

    sweep()

    assert state_of(transfer) == ("expired", "")


@pytest.mark.parametrize(("due_in", "seconds_left", "is_paused"), [(2, 10, True), (-1, 10, True), (3, 1, False)])
def test_the_card_says_when_a_pause_outlasts_the_time_to_undo(
    ada: User, due_in: float, seconds_left: float, is_paused: bool
) -> None:
    transfer = make_waiting(ada, due_in=due_in)
    pause(seconds_left=seconds_left)

    progress = describe_progress(transfer)

    assert progress.is_paused is is_paused
    assert (progress.explanation.title == "TENIOS asks us to wait") is is_paused
