from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers import calls
from transfers.models import AgentAddress, Call, CallState, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def make_own(user: User, **overrides: Any) -> Call:
    return make_call(agent=user, agent_since_at=ago(20), **overrides)


def make_transfer_of(call: Call, user: User, state: str, **overrides: Any) -> Transfer:
    return make_transfer(call=call, agent=user, state=state, **overrides)


def own_call_of(user: User) -> Call | None:
    board_call = calls.own_call(user)
    return board_call.call if board_call else None


def test_own_call_is_the_call_the_agent_talks_on(ada: User, ben: User) -> None:
    call = make_own(ada)
    make_own(ben)
    make_own(ada, state=CallState.FORWARDING)
    make_own(ada, state=CallState.ENDED, ended_at=ago(1))

    assert own_call_of(ada) == call


def test_own_call_is_the_ringing_call_if_the_agent_talks_on_none(ada: User) -> None:
    call = make_own(ada, state=CallState.FORWARDING)

    assert own_call_of(ada) == call


def test_card_is_empty_without_a_live_call(ada: User, ben: User) -> None:
    make_own(ben)
    make_own(ada, state=CallState.ENDED, ended_at=ago(1))

    assert own_call_of(ada) is None


def test_unsent_transfer_stays_on_the_card(ada: User) -> None:
    call = make_own(ada)
    make_transfer_of(call, ada, TransferState.SENDING)
    make_call(agent=ada, agent_since_at=ago(1))

    assert own_call_of(ada) == call


def test_call_just_handed_over_comes_before_a_ringing_call(ada: User) -> None:
    handed_over = make_own(ada)
    make_transfer_of(handed_over, ada, TransferState.ANSWERED, settled_at=ago(2))
    make_own(ada, state=CallState.FORWARDING)

    assert own_call_of(ada) == handed_over


@pytest.mark.parametrize(
    ("state", "ages"),
    [
        (TransferState.ANSWERED, {"settled_at": 9}),
        (TransferState.ACCEPTED, {"accepted_at": 121}),
        (TransferState.ACCEPTED, {"accepted_at": 5, "dismissed_at": 1}),
    ],
)
def test_card_is_empty_when_the_outcome_is_old_or_closed(ada: User, state: str, ages: dict[str, float]) -> None:
    make_transfer_of(make_own(ada), ada, state, **{name: ago(age) for name, age in ages.items()})

    assert own_call_of(ada) is None


def test_closing_an_unanswered_transfer_shows_the_next_call(ada: User) -> None:
    make_transfer_of(make_own(ada), ada, TransferState.ACCEPTED, accepted_at=ago(46), dismissed_at=ago(1))
    ringing = make_own(ada, state=CallState.FORWARDING)

    assert own_call_of(ada) == ringing


def test_failed_transfer_keeps_the_caller_on_the_card(ada: User) -> None:
    call = make_own(ada)
    make_transfer_of(call, ada, TransferState.REJECTED, settled_at=ago(1))

    board_call = calls.own_call(ada)

    assert board_call is not None
    assert (board_call.call, board_call.state, board_call.is_transferable) == (call, CallState.CONNECTED, True)
    assert board_call.shown_transfer is not None


def test_transferred_call_is_a_usual_call_for_its_receiver(ada: User, ben: User) -> None:
    AgentAddress.objects.create(user=ben, address="ben")
    call = make_call(agent=ben, agent_since_at=timezone.now())
    make_transfer_of(call, ada, TransferState.ANSWERED, destination="ben", sent_at=ago(10), settled_at=ago(1))

    board_call = calls.own_call(ben)

    assert board_call is not None
    assert (board_call.call, board_call.state, board_call.is_transferable) == (call, CallState.CONNECTED, True)
    assert board_call.shown_transfer is None


def test_call_taken_by_hand_during_a_transfer_shows_that_transfer(ada: User, ben: User) -> None:
    call = make_call(agent=ben, agent_since_at=timezone.now(), is_taken_by_hand=True)
    make_transfer_of(call, ada, TransferState.SENDING, sent_at=ago(2))

    board_call = calls.own_call(ben)

    assert board_call is not None
    assert (board_call.state, board_call.is_transferable) == ("transferring", False)


def test_card_of_an_unsent_transfer_is_fetched_again_soon(ada: User) -> None:
    for state in (TransferState.REQUESTED, TransferState.SENDING):
        transfer = make_transfer_of(make_own(ada), ada, state)

        changes_at = calls.card_changes_at(transfer)

        assert changes_at is not None
        assert changes_at < timezone.now() + timedelta(seconds=6)


def test_earlier_failure_leaves_the_card_after_a_later_transfer_was_answered(ada: User) -> None:
    call = make_own(ada)
    make_transfer_of(call, ada, TransferState.REJECTED, settled_at=ago(30))
    make_transfer_of(call, ada, TransferState.ANSWERED, settled_at=ago(9))

    assert own_call_of(ada) is None
