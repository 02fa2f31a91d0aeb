"""What the legs of a call prove about its transfers."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.lifecycle.outcomes.sent import callers_leg, leg, make_sent, make_two_sent, minutes_ago, moment, state_of
from transfers.lifecycle import outcomes
from transfers.models import TransferState

pytestmark = pytest.mark.django_db


def test_one_leg_proves_one_request() -> None:
    first, second = make_two_sent()
    legs = [leg(second)]

    outcomes.settle_from_legs(first, legs)
    outcomes.settle_from_legs(second, legs)

    assert (state_of(first), state_of(second)) == (TransferState.ACCEPTED, TransferState.ANSWERED)


def test_a_leg_without_an_end_is_no_outcome() -> None:
    transfer = make_sent()

    outcomes.settle_from_legs(transfer, [leg(transfer, answered_at=None, ended_at=None)])

    assert state_of(transfer) == TransferState.ACCEPTED


def test_legs_of_other_calls_cost_no_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    transfer = make_sent()
    others = [leg(transfer, leg_uuid=f"leg-{number}", main_leg_uuid=f"call-{number}") for number in range(500)]

    with django_assert_num_queries(1):  # the query for the call's next transfer
        outcomes.settle_from_legs(transfer, others)


@pytest.mark.parametrize("state", [TransferState.ACCEPTED, TransferState.UNKNOWN])
def test_an_answered_leg_proves_the_answer(state: str) -> None:
    transfer = make_sent(state)

    outcomes.settle_from_legs(transfer, [leg(transfer)])

    assert state_of(transfer) == TransferState.ANSWERED
    assert transfer.ring_seconds == 5


@pytest.mark.parametrize("cause", ["USER_BUSY", "NO_ANSWER", "SOMETHING_NEW"])
def test_an_unanswered_leg_gives_the_reason(cause: str) -> None:
    transfer = make_sent()

    outcomes.settle_from_legs(transfer, [leg(transfer, answered_at=None, hangup_cause=cause)])

    assert state_of(transfer) == TransferState.NOT_ANSWERED
    assert transfer.hangup_cause == cause


@pytest.mark.parametrize(
    "other",
    [
        {"main_leg_uuid": "another-call"},
        {"destination": "+4922147105631"},
        {"destination_type": "sip_user"},
    ],
    ids=["another call", "another number", "another type"],
)
def test_a_leg_of_something_else_proves_nothing(other: dict[str, Any]) -> None:
    transfer = make_sent()

    outcomes.settle_from_legs(transfer, [leg(transfer, **other)])

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_leg_from_before_the_request_proves_nothing() -> None:
    transfer = make_sent()

    outcomes.settle_from_legs(transfer, [leg(transfer, started_at=moment(transfer, -6))])

    assert state_of(transfer) == TransferState.ACCEPTED


@pytest.mark.parametrize(
    ("legs", "state"),
    [(["busy", "answered"], TransferState.ANSWERED), (["busy"], TransferState.UNKNOWN)],
    ids=["reached the second time", "not called again"],
)
def test_the_leg_of_an_earlier_transfer_to_the_same_address_proves_nothing(legs: list[str], state: str) -> None:
    first = make_sent(TransferState.NOT_ANSWERED)
    again = make_sent(TransferState.UNKNOWN, call=first.call, sent_at=moment(first, 3))
    records = {
        "busy": leg(first, answered_at=None, hangup_cause="USER_BUSY"),
        "answered": leg(again, leg_uuid="leg-2"),
    }
    ended_long_ago = callers_leg(again, ended_at=minutes_ago(10))

    outcomes.settle_from_legs(again, [ended_long_ago, *(records[name] for name in legs)])

    assert state_of(again) == state


def test_complete_records_without_the_leg_prove_that_an_unknown_transfer_was_not_executed() -> None:
    transfer = make_sent(TransferState.UNKNOWN)

    outcomes.settle_from_legs(transfer, [callers_leg(transfer, ended_at=minutes_ago(3))])

    assert state_of(transfer) == TransferState.NOT_EXECUTED


def test_records_that_were_read_in_part_do_not_prove_that_a_leg_is_missing() -> None:
    transfer = make_sent(TransferState.UNKNOWN)
    legs = [callers_leg(transfer, ended_at=minutes_ago(3))]

    outcomes.settle_from_legs(transfer, legs, is_whole=False)

    assert state_of(transfer) == TransferState.UNKNOWN


@pytest.mark.parametrize("ended_ago", [None, timedelta(seconds=60)], ids=["running", "ended just now"])
def test_records_that_may_be_incomplete_prove_nothing(ended_ago: timedelta | None) -> None:
    transfer = make_sent(TransferState.UNKNOWN)
    ended_at = timezone.now() - ended_ago if ended_ago else None

    outcomes.settle_from_legs(transfer, [callers_leg(transfer, ended_at=ended_at)])

    assert state_of(transfer) == TransferState.UNKNOWN
