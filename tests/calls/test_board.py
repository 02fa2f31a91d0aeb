from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_call, make_transfer
from transfers.calls import board
from transfers.models import AgentAddress, Call, CallState, ServiceNumber, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def make_own(user: User, **overrides: Any) -> Call:
    return make_call(agent=user, agent_since_at=ago(20), **overrides)


def transfer_of(call: Call, user: User, state: str, **overrides: Any) -> Transfer:
    return make_transfer(call=call, agent=user, state=state, **overrides)


def own(user: User) -> Call | None:
    found = board.own_call(user)
    return found.call if found else None


def test_the_own_call_is_the_one_the_person_talks_on(ada: User, ben: User) -> None:
    call = make_own(ada)
    make_own(ben)
    make_own(ada, state=CallState.FORWARDING)
    make_own(ada, state=CallState.ENDED, ended_at=ago(1))

    assert own(ada) == call


def test_without_a_talk_it_is_the_one_that_rings_for_them(ada: User) -> None:
    call = make_own(ada, state=CallState.FORWARDING)

    assert own(ada) == call


def test_without_any_call_the_card_is_empty(ada: User, ben: User) -> None:
    make_own(ben)
    make_own(ada, state=CallState.ENDED, ended_at=ago(1))

    assert own(ada) is None


def test_a_transfer_that_is_on_its_way_stays_on_the_card(ada: User) -> None:
    call = make_own(ada)
    transfer_of(call, ada, TransferState.SENDING)
    make_call(agent=ada, agent_since_at=ago(1))

    assert own(ada) == call


def test_a_call_just_handed_over_stays_before_one_that_only_rings(ada: User) -> None:
    handed_over = make_own(ada)
    transfer_of(handed_over, ada, TransferState.ANSWERED, settled_at=ago(2))
    make_own(ada, state=CallState.FORWARDING)

    assert own(ada) == handed_over


@pytest.mark.parametrize(
    ("state", "ages"),
    [
        (TransferState.ANSWERED, {"settled_at": 9}),
        (TransferState.ACCEPTED, {"accepted_at": 121}),
        (TransferState.ACCEPTED, {"accepted_at": 5, "dismissed_at": 1}),
    ],
)
def test_after_its_time_or_when_closed_the_card_is_free(ada: User, state: str, ages: dict[str, float]) -> None:
    transfer_of(make_own(ada), ada, state, **{name: ago(age) for name, age in ages.items()})

    assert own(ada) is None


def test_an_accepted_transfer_without_news_that_was_closed_lets_its_agent_go_to_the_next_call(ada: User) -> None:
    transfer_of(make_own(ada), ada, TransferState.ACCEPTED, accepted_at=ago(46), dismissed_at=ago(1))
    ringing = make_own(ada, state=CallState.FORWARDING)

    assert own(ada) == ringing


def test_a_failed_transfer_leaves_the_caller_on_the_card(ada: User) -> None:
    call = make_own(ada)
    transfer_of(call, ada, TransferState.REJECTED, settled_at=ago(1))

    found = board.own_call(ada)

    assert found is not None
    assert (found.call, found.state, found.is_transferable) == (call, CallState.CONNECTED, True)
    assert found.shown_transfer is not None


@pytest.mark.parametrize(
    ("call_state", "transfer_state", "shown"),
    [
        (CallState.CONNECTED, TransferState.REQUESTED, "transferring"),
        (CallState.CONNECTED, TransferState.SENDING, "transferring"),
        (CallState.CONNECTED, TransferState.ACCEPTED, "transferring"),
        (CallState.CONNECTED, TransferState.UNKNOWN, "transferring"),
        (CallState.CONNECTED, TransferState.ANSWERED, "transferred"),
        (CallState.ENDED, TransferState.ANSWERED, "transferred"),
        (CallState.ENDED, TransferState.ACCEPTED, "transferred"),
        (CallState.CONNECTED, TransferState.REJECTED, "connected"),
        (CallState.CONNECTED, TransferState.CANCELLED, "connected"),
        (CallState.ENDED, TransferState.NOT_ANSWERED, "ended"),
    ],
)
def test_the_word_on_the_screen(ada: User, call_state: str, transfer_state: str, shown: str) -> None:
    call = make_own(ada, state=call_state, ended_at=ago(1) if call_state == CallState.ENDED else None)
    transfer_of(call, ada, transfer_state, accepted_at=ago(5))

    assert [each.state for each in board.team_calls()] == [shown]


def test_the_team_list_has_live_calls_and_those_just_ended_oldest_first() -> None:
    second = make_call(started_at=ago(50))
    first = make_call(started_at=ago(90))
    just_ended = make_call(started_at=ago(40), state=CallState.ENDED, ended_at=ago(3))
    make_call(started_at=ago(80), state=CallState.ENDED, ended_at=ago(11))

    assert [each.call for each in board.team_calls()] == [first, second, just_ended]


def test_a_call_without_news_for_half_an_hour_is_marked_and_stays() -> None:
    make_call(last_event_at=ago(60 * 31))

    [found] = board.team_calls()

    assert found.is_stale


def test_the_board_costs_the_same_queries_for_one_call_and_for_fifty(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ServiceNumber.objects.create(number="+492214710100", name="Service-Hotline")
    for _ in range(50):
        transfer_of(make_call(agent=ada), ada, TransferState.ANSWERED)

    with django_assert_num_queries(3):
        calls = board.team_calls()

    assert len(calls) == 50
    assert {each.service_name for each in calls} == {"Service-Hotline"}


def test_the_callers_earlier_call_of_the_day_is_known_by_its_digest(ada: User) -> None:
    earlier = make_call(agent=ada, caller_digest="d" * 64, started_at=ago(30))
    call = make_call(caller_digest="d" * 64, started_at=ago(1))
    make_call(caller_digest="e" * 64, started_at=ago(2))

    assert board.earlier_call_today(call) in (earlier, None)
    assert board.earlier_call_today(earlier) is None


@pytest.mark.parametrize(
    ("state", "ages", "is_offered"),
    [
        (TransferState.REQUESTED, {}, False),
        (TransferState.ACCEPTED, {"accepted_at": 30}, False),
        (TransferState.ACCEPTED, {"accepted_at": 46}, True),
        (TransferState.UNKNOWN, {}, False),
        (TransferState.ANSWERED, {"settled_at": 2}, False),
        (TransferState.REJECTED, {"settled_at": 2}, True),
        (TransferState.NOT_ANSWERED, {"settled_at": 2}, True),
    ],
)
def test_a_transfer_is_offered_only_while_the_caller_may_still_be_here(
    ada: User, state: str, ages: dict[str, float], is_offered: bool
) -> None:
    transfer_of(make_own(ada), ada, state, **{name: ago(age) for name, age in ages.items()})

    [found] = board.team_calls()

    assert found.is_transferable == is_offered


def test_for_the_colleague_it_came_to_the_call_is_one_like_any_other(ada: User, ben: User) -> None:
    AgentAddress.objects.create(user=ben, address="ben")
    call = make_call(agent=ben, agent_since_at=timezone.now())
    transfer_of(call, ada, TransferState.ANSWERED, destination="ben", sent_at=ago(10), settled_at=ago(1))

    found = board.own_call(ben)

    assert found is not None
    assert (found.call, found.state, found.is_transferable) == (call, CallState.CONNECTED, True)
    assert found.shown_transfer is None


def test_a_call_taken_by_hand_during_a_transfer_shows_that_transfer(ada: User, ben: User) -> None:
    call = make_call(agent=ben, agent_since_at=timezone.now(), is_taken_by_hand=True)
    transfer_of(call, ada, TransferState.SENDING, sent_at=ago(2))

    found = board.own_call(ben)

    assert found is not None
    assert (found.state, found.is_transferable) == ("transferring", False)


def test_the_card_of_a_transfer_on_its_way_looks_again_by_itself(ada: User) -> None:
    for state in (TransferState.REQUESTED, TransferState.SENDING):
        transfer = transfer_of(make_own(ada), ada, state)

        changes_at = board.card_changes_at(transfer)

        assert changes_at is not None
        assert changes_at < timezone.now() + timedelta(seconds=6)


def test_an_earlier_failure_does_not_keep_the_card_when_a_later_try_was_answered(ada: User) -> None:
    call = make_own(ada)
    transfer_of(call, ada, TransferState.REJECTED, settled_at=ago(30))
    transfer_of(call, ada, TransferState.ANSWERED, settled_at=ago(9))

    assert own(ada) is None
