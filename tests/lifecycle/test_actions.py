"""What a person does with a requested transfer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.audit_log import AuditAction
from transfers.lifecycle import actions
from transfers.lifecycle.actions import TooEarlyToTell, TransferNotFound
from transfers.models import AuditDetail, AuditEntry, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def make_own(user: User) -> Transfer:
    """Return a transfer in its grace."""
    return make_transfer(agent=user, call=make_call(agent=user))


def test_send_now_ends_the_grace_at_once(ada: User) -> None:
    transfer = make_own(ada)

    sent_now = actions.send_transfer_now(user=ada, transfer_id=transfer.pk)

    assert sent_now.due_at < transfer.due_at
    assert sent_now.state == TransferState.REQUESTED
    assert AuditEntry.objects.filter(transfer_id=transfer.pk, action=AuditAction.TRANSFER_GRACE_ENDED).count() == 1


def test_second_send_now_is_not_recorded(ada: User) -> None:
    transfer = make_own(ada)

    for _ in range(2):
        actions.send_transfer_now(user=ada, transfer_id=transfer.pk)

    assert AuditEntry.objects.filter(transfer_id=transfer.pk, action=AuditAction.TRANSFER_GRACE_ENDED).count() == 1


def test_cancel_in_time_cancels_and_a_late_one_returns_the_state_it_found(ada: User) -> None:
    in_time = make_own(ada)
    too_late = make_transfer(agent=ada, state=TransferState.SENDING)

    assert actions.cancel_transfer(user=ada, transfer_id=in_time.pk).state == TransferState.CANCELLED
    assert actions.cancel_transfer(user=ada, transfer_id=too_late.pk).state == TransferState.SENDING


@pytest.mark.parametrize("action", ["send_transfer_now", "cancel_transfer", "dismiss_transfer"])
def test_transfer_of_another_agent_is_not_found(ada: User, ben: User, action: str) -> None:
    transfer = make_own(ada)

    with pytest.raises(TransferNotFound):
        getattr(actions, action)(user=ben, transfer_id=transfer.pk)

    transfer.refresh_from_db()
    assert transfer.state == TransferState.REQUESTED


@pytest.mark.parametrize(("is_still_here", "state"), [(True, "not_executed"), (False, "accepted")])
def test_answer_of_a_person_settles_an_unclear_outcome(ada: User, is_still_here: bool, state: str) -> None:
    sent_at = timezone.now() - timedelta(seconds=11)
    transfer = make_transfer(agent=ada, state=TransferState.UNKNOWN, sent_at=sent_at)

    settled = actions.resolve_transfer(user=ada, transfer_id=transfer.pk, is_caller_still_here=is_still_here)

    assert settled.state == state
    assert "person" in AuditDetail.objects.get(entry__transfer_id=transfer.pk).payload


def test_answer_of_a_person_is_refused_right_after_sending(ada: User) -> None:
    transfer = make_transfer(agent=ada, state=TransferState.UNKNOWN, sent_at=timezone.now())

    with pytest.raises(TooEarlyToTell):
        actions.resolve_transfer(user=ada, transfer_id=transfer.pk, is_caller_still_here=False)


def test_answer_of_a_person_changes_no_settled_transfer(ada: User) -> None:
    transfer = make_transfer(agent=ada, state=TransferState.ANSWERED, sent_at=timezone.now() - timedelta(minutes=1))

    same = actions.resolve_transfer(user=ada, transfer_id=transfer.pk, is_caller_still_here=True)

    assert same.state == TransferState.ANSWERED
