"""What the events of a call prove about its transfers."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from tests.factories import make_call, make_transfer
from tests.lifecycle.outcomes.sent import TO, make_sent, make_two_sent, report, state_of
from transfers.audit_log import AuditAction
from transfers.lifecycle.actions import resolve_transfer
from transfers.models import AuditEntry, TransferState, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("target", [TO, "022147105630", ""])
def test_a_new_forward_and_its_answer_prove_that_the_destination_answered(target: str) -> None:
    transfer = make_sent()

    report(transfer, "INITIATE_FORWARD", after=1, target=target)
    assert state_of(transfer) == TransferState.ACCEPTED
    report(transfer, "FORWARD_ANSWER", after=8, target=target)

    assert state_of(transfer) == TransferState.ANSWERED
    assert transfer.ring_seconds == 7


def test_an_answer_without_a_new_forward_proves_nothing() -> None:
    transfer = make_sent()

    report(transfer, "FORWARD_ANSWER", after=1)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_events_from_before_the_request_prove_nothing() -> None:
    transfer = make_sent()

    report(transfer, "INITIATE_FORWARD", after=-20)
    report(transfer, "FORWARD_ANSWER", after=-10)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_forward_to_somebody_else_is_not_the_leg_of_this_transfer() -> None:
    transfer = make_sent()

    report(transfer, "INITIATE_FORWARD", after=1, target="clara.weiss")
    report(transfer, "FORWARD_ANSWER", after=2, target="clara.weiss")

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_call_that_is_forwarded_on_before_an_answer_was_not_answered() -> None:
    transfer = make_sent()

    report(transfer, "INITIATE_FORWARD", after=1)
    report(transfer, "INITIATE_FORWARD", after=21, target="ada")

    assert state_of(transfer) == TransferState.NOT_ANSWERED
    assert transfer.ring_seconds == 20


def test_an_answer_after_two_forwards_without_a_target_proves_nothing() -> None:
    transfer = make_sent()

    report(transfer, "INITIATE_FORWARD", after=1, target="")
    report(transfer, "INITIATE_FORWARD", after=21, target="")
    report(transfer, "FORWARD_ANSWER", after=22, target="")

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_call_that_comes_back_to_its_agent_was_not_answered_by_the_destination() -> None:
    transfer = make_sent()

    for after, request_type, target in [(1, "INITIATE_FORWARD", TO), (21, "INITIATE_FORWARD", "ada")]:
        report(transfer, request_type, after=after, target=target)
    report(transfer, "FORWARD_ANSWER", after=22, target="ada")

    assert state_of(transfer) == TransferState.NOT_ANSWERED


def test_an_answer_after_the_second_transfer_settles_the_second_alone() -> None:
    first, second = make_two_sent()

    report(second, "INITIATE_FORWARD", after=1, target="")
    report(second, "FORWARD_ANSWER", after=2, target="")
    report(second, "CALL_END", after=20, target="")

    assert (state_of(first), state_of(second)) == (TransferState.ACCEPTED, TransferState.ANSWERED)


def test_an_answer_during_the_grace_of_the_next_transfer_cancels_the_next(ada: User) -> None:
    first = make_sent(agent=ada)
    report(first, "INITIATE_FORWARD", after=1)
    second = make_transfer(call=first.call, agent=ada)

    report(first, "FORWARD_ANSWER", after=2)

    assert (state_of(first), state_of(second)) == (TransferState.ANSWERED, TransferState.CANCELLED)
    assert second.cancel_reason == "answered_meanwhile"


def test_only_a_forward_to_its_destination_is_recorded_as_ringing() -> None:
    transfer = make_sent()

    report(transfer, "INITIATE_FORWARD", after=1, target="clara.weiss")
    assert not AuditEntry.objects.filter(action=AuditAction.TRANSFER_RINGING).exists()
    report(transfer, "INITIATE_FORWARD", after=2, target=TO)

    assert AuditEntry.objects.filter(action=AuditAction.TRANSFER_RINGING, transfer_id=transfer.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_and_a_person_at_once_cause_no_deadlock(ada: User) -> None:
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
        threads = [at_once(partial(report, transfer, "INITIATE_FORWARD", after=1)), at_once(word)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert state_of(transfer) == TransferState.ACCEPTED

    assert failures == []


def test_a_forward_to_the_destination_proves_that_an_unknown_transfer_was_executed() -> None:
    transfer = make_sent(TransferState.UNKNOWN)

    report(transfer, "INITIATE_FORWARD", after=1)

    assert state_of(transfer) == TransferState.ACCEPTED


def test_a_forward_without_a_target_settles_no_unknown_transfer() -> None:
    transfer = make_sent(TransferState.UNKNOWN)

    report(transfer, "INITIATE_FORWARD", after=1, target="")
    report(transfer, "FORWARD_ANSWER", after=2, target="")

    assert state_of(transfer) == TransferState.UNKNOWN


def test_events_change_no_settled_transfer() -> None:
    transfer = make_sent(TransferState.REJECTED)

    report(transfer, "INITIATE_FORWARD", after=1)
    report(transfer, "FORWARD_ANSWER", after=2)

    assert state_of(transfer) == TransferState.REJECTED


@pytest.mark.parametrize("written", ["12:00:01.000", "12:00:01.001"])
def test_a_transfer_is_never_taken_for_the_one_after_it(written: str) -> None:
    transfer = make_sent(TransferState.UNKNOWN)
    with connection.cursor() as cursor:  # as SQLite's own clock writes it: always three digits
        cursor.execute("UPDATE transfers_transfer SET sent_at = %s", [f"{transfer.sent_at:%Y-%m-%d} {written}"])
    transfer.refresh_from_db()

    report(transfer, "INITIATE_FORWARD", after=0.1)

    assert state_of(transfer) == TransferState.ACCEPTED
