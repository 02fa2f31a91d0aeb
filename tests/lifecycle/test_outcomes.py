import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_call, make_transfer
from tests.posts import apply_post
from transfers.audit_log import AuditAction
from transfers.lifecycle import outcomes
from transfers.lifecycle.actions import resolve_transfer
from transfers.models import AuditEntry, Transfer, TransferState, User
from transfers.tenios import CallRecord, CallRecords, TeniosClient, TeniosUnavailable

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SENT = NOW - timedelta(seconds=30)
TO = "+4922147105630"


def make_sent(state: str = TransferState.ACCEPTED, **overrides: Any) -> Transfer:
    values = {
        "destination_type": "external_number",
        "destination": TO,
        "state": state,
        "sent_at": SENT,
        "accepted_at": SENT if state == TransferState.ACCEPTED else None,
        **overrides,
    }
    return make_transfer(**values)


def tell(transfer: Transfer, request_type: str, *, after: float, target: str = TO) -> None:
    variables = {"forward_destination": target} if target else {}
    apply_post(
        request_type,
        call_uuid=transfer.call.call_uuid,
        received_at=SENT + timedelta(seconds=after),
        **variables,
    )


def state_of(transfer: Transfer) -> str:
    transfer.refresh_from_db()
    return transfer.state


@pytest.mark.parametrize("target", [TO, "022147105630", ""])
def test_a_new_forward_and_its_answer_prove_that_the_destination_answered(target: str) -> None:
    transfer = make_sent()

    tell(transfer, "INITIATE_FORWARD", after=1, target=target)
    assert state_of(transfer) == TransferState.ACCEPTED
    tell(transfer, "FORWARD_ANSWER", after=8, target=target)

    assert state_of(transfer) == TransferState.ANSWERED
    assert transfer.ring_seconds == 7


def test_an_answer_without_a_new_forward_proves_nothing() -> None:
    transfer = make_sent()

    tell(transfer, "FORWARD_ANSWER", after=1)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_posts_from_before_the_request_prove_nothing() -> None:
    transfer = make_sent()

    tell(transfer, "INITIATE_FORWARD", after=-20)
    tell(transfer, "FORWARD_ANSWER", after=-10)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_forward_to_somebody_else_is_not_this_transfers_leg() -> None:
    transfer = make_sent()

    tell(transfer, "INITIATE_FORWARD", after=1, target="clara.weiss")
    tell(transfer, "FORWARD_ANSWER", after=2, target="clara.weiss")

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_call_that_is_forwarded_on_before_an_answer_was_not_answered() -> None:
    transfer = make_sent()

    tell(transfer, "INITIATE_FORWARD", after=1)
    tell(transfer, "INITIATE_FORWARD", after=21, target="ada")

    assert state_of(transfer) == TransferState.NOT_ANSWERED
    assert transfer.ring_seconds == 20


def test_of_two_forwards_that_name_nobody_the_answer_proves_nothing() -> None:
    transfer = make_sent()

    tell(transfer, "INITIATE_FORWARD", after=1, target="")
    tell(transfer, "INITIATE_FORWARD", after=21, target="")
    tell(transfer, "FORWARD_ANSWER", after=22, target="")

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_call_that_comes_back_to_its_agent_was_not_answered_by_the_destination() -> None:
    transfer = make_sent()

    for after, request_type, target in [(1, "INITIATE_FORWARD", TO), (21, "INITIATE_FORWARD", "ada")]:
        tell(transfer, request_type, after=after, target=target)
    tell(transfer, "FORWARD_ANSWER", after=22, target="ada")

    assert state_of(transfer) == TransferState.NOT_ANSWERED


def make_two_sent(*, first_at: datetime, second_at: datetime) -> tuple[Transfer, Transfer]:
    """Two accepted transfers of one call, one after the other, to the same number."""
    call = make_call(started_at=first_at - timedelta(seconds=60))
    first, second = (make_sent(call=call, sent_at=at, accepted_at=at) for at in (first_at, second_at))
    return first, second


def test_an_answer_after_the_second_transfer_says_nothing_of_the_first() -> None:
    first, second = make_two_sent(first_at=SENT - timedelta(seconds=60), second_at=SENT)

    tell(second, "INITIATE_FORWARD", after=1, target="")
    tell(second, "FORWARD_ANSWER", after=2, target="")
    tell(second, "CALL_END", after=20, target="")

    assert (state_of(first), state_of(second)) == (TransferState.ACCEPTED, TransferState.ANSWERED)


def test_one_leg_proves_one_request() -> None:
    first, second = make_two_sent(first_at=SENT - timedelta(seconds=60), second_at=SENT)
    legs = [leg(second)]

    outcomes.settle_from_legs(first, legs)
    outcomes.settle_from_legs(second, legs)

    assert (state_of(first), state_of(second)) == (TransferState.ACCEPTED, TransferState.ANSWERED)


def test_an_answer_during_the_grace_of_the_next_transfer_takes_that_one_back(ada: User) -> None:
    first = make_sent(agent=ada)
    tell(first, "INITIATE_FORWARD", after=1)
    second = make_transfer(call=first.call, agent=ada)

    tell(first, "FORWARD_ANSWER", after=2)

    assert (state_of(first), state_of(second)) == (TransferState.ANSWERED, TransferState.CANCELLED)
    assert second.cancel_reason == "answered_meanwhile"


def test_only_a_call_of_this_destination_is_told_as_its_ringing() -> None:
    transfer = make_sent()

    tell(transfer, "INITIATE_FORWARD", after=1, target="clara.weiss")
    assert not AuditEntry.objects.filter(action=AuditAction.TRANSFER_RINGING).exists()
    tell(transfer, "INITIATE_FORWARD", after=2, target=TO)

    assert AuditEntry.objects.filter(action=AuditAction.TRANSFER_RINGING, transfer_id=transfer.pk).count() == 1


def test_a_leg_without_an_end_is_no_outcome() -> None:
    transfer = make_sent()

    outcomes.settle_from_legs(transfer, [leg(transfer, answered_at=None, ended_at=None)])

    assert state_of(transfer) == TransferState.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_a_post_and_a_persons_word_at_once_never_lock_each_other_out(ada: User) -> None:
    barrier = threading.Barrier(2)
    failures: list[Exception] = []

    def at_once(action: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            barrier.wait()
            try:
                action()
            except Exception as failure:
                failures.append(failure)
            finally:
                connection.close()

        return threading.Thread(target=run)

    for _ in range(15):
        transfer = make_sent(TransferState.UNKNOWN, agent=ada, call=make_call(agent=ada))
        word = partial(resolve_transfer, user=ada, transfer_id=transfer.pk, is_caller_still_here=False)
        threads = [at_once(partial(tell, transfer, "INITIATE_FORWARD", after=1)), at_once(word)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert state_of(transfer) == TransferState.ACCEPTED

    assert failures == []


def test_a_forward_that_names_the_destination_settles_that_an_unknown_was_executed() -> None:
    transfer = make_sent(TransferState.UNKNOWN)

    tell(transfer, "INITIATE_FORWARD", after=1)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_forward_that_names_nobody_settles_no_unknown() -> None:
    transfer = make_sent(TransferState.UNKNOWN)

    tell(transfer, "INITIATE_FORWARD", after=1, target="")
    tell(transfer, "FORWARD_ANSWER", after=2, target="")

    assert state_of(transfer) == TransferState.UNKNOWN


def test_what_is_settled_stays_settled() -> None:
    transfer = make_sent(TransferState.REJECTED)

    tell(transfer, "INITIATE_FORWARD", after=1)
    tell(transfer, "FORWARD_ANSWER", after=2)

    assert state_of(transfer) == TransferState.REJECTED


def leg(transfer: Transfer, **overrides: Any) -> CallRecord:
    values: dict[str, Any] = {
        "leg_uuid": "leg-1",
        "main_leg_uuid": transfer.call.call_uuid,
        "destination_type": transfer.destination_type,
        "is_inbound": False,
        "destination": transfer.destination,
        "started_at": SENT + timedelta(seconds=1),
        "answered_at": SENT + timedelta(seconds=6),
        "ended_at": SENT + timedelta(seconds=20),
        "hangup_cause": "NORMAL_CLEARING",
        **overrides,
    }
    return CallRecord(**values)


def inbound(transfer: Transfer, *, ended_at: datetime | None) -> CallRecord:
    return leg(
        transfer,
        leg_uuid=transfer.call.call_uuid,
        main_leg_uuid="",
        is_inbound=True,
        destination_type=None,
        ended_at=ended_at,
    )


@pytest.mark.parametrize("moment", ["12:00:01.000", "12:00:01.001"])
def test_a_transfer_is_not_its_own_successor_whenever_the_database_sent_it(moment: str) -> None:
    transfer = make_sent(TransferState.UNKNOWN)
    with connection.cursor() as cursor:  # as SQLite's own clock writes it: always three digits
        cursor.execute("UPDATE transfers_transfer SET sent_at = %s", [f"{SENT:%Y-%m-%d} {moment}"])
    transfer.refresh_from_db()

    tell_at = (transfer.sent_at or SENT) - SENT
    tell(transfer, "INITIATE_FORWARD", after=tell_at.total_seconds() + 0.1)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_the_legs_of_all_other_calls_are_read_past_without_a_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    transfer = make_sent()
    others = [leg(transfer, leg_uuid=f"leg-{number}", main_leg_uuid=f"call-{number}") for number in range(500)]

    with django_assert_num_queries(1):  # when the next transfer of the call was sent
        outcomes.settle_from_legs(transfer, others)


@pytest.mark.parametrize("state", [TransferState.ACCEPTED, TransferState.UNKNOWN])
def test_an_answered_leg_proves_the_answer(state: str) -> None:
    transfer = make_sent(state)

    outcomes.settle_from_legs(transfer, [leg(transfer)])

    assert state_of(transfer) == TransferState.ANSWERED
    assert transfer.ring_seconds == 5


@pytest.mark.parametrize("cause", ["USER_BUSY", "NO_ANSWER", "SOMETHING_NEW"])
def test_an_unanswered_leg_tells_the_reason(cause: str) -> None:
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
        {"started_at": SENT - timedelta(seconds=6)},
    ],
    ids=["another call", "another number", "another type", "before the request"],
)
def test_a_leg_of_something_else_proves_nothing(other: dict[str, Any]) -> None:
    transfer = make_sent()

    outcomes.settle_from_legs(transfer, [leg(transfer, **other)])

    assert state_of(transfer) == TransferState.ACCEPTED


@pytest.mark.parametrize(
    ("legs", "state"),
    [(["busy", "answered"], TransferState.ANSWERED), (["busy"], TransferState.UNKNOWN)],
    ids=["reached the second time", "not called again"],
)
def test_the_leg_of_a_transfer_just_before_to_the_same_address_proves_nothing(legs: list[str], state: str) -> None:
    first = make_sent(TransferState.NOT_ANSWERED)
    again = make_sent(TransferState.UNKNOWN, call=first.call, sent_at=SENT + timedelta(seconds=3))
    records = {
        "busy": leg(first, started_at=SENT + timedelta(seconds=1), answered_at=None, hangup_cause="USER_BUSY"),
        "answered": leg(again, leg_uuid="leg-2", started_at=SENT + timedelta(seconds=4)),
    }
    ended_long_ago = inbound(again, ended_at=NOW - timedelta(minutes=10))

    outcomes.settle_from_legs(again, [ended_long_ago, *(records[name] for name in legs)])

    assert state_of(again) == state


def test_the_complete_records_of_a_call_without_the_leg_prove_that_an_unknown_never_happened() -> None:
    transfer = make_sent(TransferState.UNKNOWN)

    outcomes.settle_from_legs(transfer, [inbound(transfer, ended_at=NOW - timedelta(minutes=3))])

    assert state_of(transfer) == TransferState.NOT_EXECUTED


def test_records_that_could_not_be_read_whole_prove_no_absence() -> None:
    transfer = make_sent(TransferState.UNKNOWN)
    legs = [inbound(transfer, ended_at=NOW - timedelta(minutes=3))]

    outcomes.settle_from_legs(transfer, legs, is_whole=False)

    assert state_of(transfer) == TransferState.UNKNOWN


@pytest.mark.parametrize("ended_ago", [None, timedelta(seconds=60)], ids=["running", "ended just now"])
def test_records_that_may_be_incomplete_prove_nothing(ended_ago: timedelta | None) -> None:
    transfer = make_sent(TransferState.UNKNOWN)
    ended_at = timezone.now() - ended_ago if ended_ago else None

    outcomes.settle_from_legs(transfer, [inbound(transfer, ended_at=ended_at)])

    assert state_of(transfer) == TransferState.UNKNOWN


class Records(TeniosClient):
    """A client whose call records are given; counts how often it was asked."""

    def __init__(self, records: list[CallRecord], *, fails_before: datetime | None = None) -> None:
        super().__init__(access_key="k" * 36, base_url="https://tenios.test")
        self.records, self.fails_before = records, fails_before
        self.periods: list[tuple[datetime, datetime]] = []

    def call_records(self, *, start_at: datetime, end_at: datetime) -> CallRecords:
        self.periods.append((start_at, end_at))
        if self.fails_before and start_at < self.fails_before:
            raise TeniosUnavailable("as told")
        return CallRecords(self.records, is_whole=True)


def test_an_old_transfer_widens_no_window_and_a_failed_read_delays_only_its_own() -> None:
    young = make_sent()
    make_sent(sent_at=NOW - timedelta(hours=20), call=make_call(started_at=NOW - timedelta(hours=20)))
    client = Records([leg(young)], fails_before=NOW - timedelta(hours=1))

    outcomes.settle_from_call_records(client=client)

    assert state_of(young) == TransferState.ANSWERED
    assert max(end - start for start, end in client.periods) <= timedelta(minutes=4)
    assert not Transfer.objects.filter(next_check_at=None).exists()


def test_one_read_of_the_records_settles_all_that_are_due() -> None:
    transfers = [make_sent(), make_sent(call=make_call())]
    client = Records([leg(transfer, leg_uuid=f"leg-{transfer.pk}") for transfer in transfers])

    outcomes.settle_from_call_records(client=client)

    assert [state_of(transfer) for transfer in transfers] == [TransferState.ANSWERED] * 2
    assert len(client.periods) == 1
    assert client.periods[0][0] < SENT < client.periods[0][1]


def test_the_records_are_not_asked_when_nothing_is_open() -> None:
    make_sent(TransferState.ANSWERED)
    client = Records([])

    outcomes.settle_from_call_records(client=client)

    assert client.periods == []


def test_the_pause_between_two_looks_grows_with_the_transfers_age() -> None:
    young, old = make_sent(), make_sent(sent_at=NOW - timedelta(hours=4))

    outcomes.settle_from_call_records(client=Records([]))

    young.refresh_from_db()
    old.refresh_from_db()
    assert young.next_check_at and old.next_check_at
    assert young.next_check_at - timezone.now() < timedelta(seconds=30)
    assert old.next_check_at - timezone.now() > timedelta(minutes=55)
    assert not AuditEntry.objects.exists()
