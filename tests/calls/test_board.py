from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_call, make_transfer
from transfers import calls
from transfers.models import CallState, ServiceNumber, TransferState, User

pytestmark = pytest.mark.django_db


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


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
def test_board_shows_one_state_for_call_and_transfer(
    ada: User, call_state: str, transfer_state: str, shown: str
) -> None:
    call = make_call(agent=ada, state=call_state, ended_at=ago(1) if call_state == CallState.ENDED else None)
    make_transfer(call=call, agent=ada, state=transfer_state, accepted_at=ago(5))

    assert [each.state for each in calls.team_calls()] == [shown]


def test_board_shows_live_and_just_ended_calls_oldest_first() -> None:
    second = make_call(started_at=ago(50))
    first = make_call(started_at=ago(90))
    just_ended = make_call(started_at=ago(40), state=CallState.ENDED, ended_at=ago(3))
    make_call(started_at=ago(80), state=CallState.ENDED, ended_at=ago(11))

    assert [each.call for each in calls.team_calls()] == [first, second, just_ended]


def test_call_without_news_for_half_an_hour_stays_and_is_marked() -> None:
    make_call(last_event_at=ago(60 * 31))

    [board_call] = calls.team_calls()

    assert board_call.is_stale


def test_board_needs_three_queries_for_fifty_calls(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ServiceNumber.objects.create(number="+492214710100", name="Service-Hotline")
    for _ in range(50):
        make_transfer(call=make_call(agent=ada), agent=ada, state=TransferState.ANSWERED)

    with django_assert_num_queries(3):
        board_calls = calls.team_calls()

    assert len(board_calls) == 50
    assert {each.service_name for each in board_calls} == {"Service-Hotline"}


def test_earlier_call_of_the_day_is_found_by_the_callers_digest(ada: User) -> None:
    earlier = make_call(agent=ada, caller_digest="d" * 64, started_at=ago(30))
    call = make_call(caller_digest="d" * 64, started_at=ago(1))
    make_call(caller_digest="e" * 64, started_at=ago(2))

    assert calls.earlier_call_today(call) in (earlier, None)
    assert calls.earlier_call_today(earlier) is None


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
def test_transfer_is_offered_only_while_the_agent_may_have_the_caller(
    ada: User, state: str, ages: dict[str, float], is_offered: bool
) -> None:
    make_transfer(call=make_call(agent=ada), agent=ada, state=state, **{name: ago(age) for name, age in ages.items()})

    [board_call] = calls.team_calls()

    assert board_call.is_transferable == is_offered
