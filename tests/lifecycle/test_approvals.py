"""A question to the supervisors and what follows from each answer."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.lifecycle.agreeing import COLOGNE, LONDON, CountingTenios, ask, request
from transfers.audit_log import AuditAction
from transfers.destination_policy import DestinationRefused
from transfers.lifecycle import actions, approvals
from transfers.lifecycle.open_questions import open_questions
from transfers.lifecycle.refusals import CallNotConnected
from transfers.models import Approval, ApprovalState, AuditEntry, Call, Transfer, TransferState, User

pytestmark = pytest.mark.django_db


def test_number_outside_the_policy_is_sent_only_after_a_supervisor_agreed(ada: User, sue: User) -> None:
    call = make_call(agent=ada)
    tenios = CountingTenios()

    approval = ask(ada, call, note="Kunde in London")
    assert not Transfer.objects.exists()
    transfer = approvals.grant(user=sue, approval_id=approval.pk)

    assert (transfer.agent, transfer.destination, transfer.note) == (ada, LONDON, "Kunde in London")
    assert transfer.approval == approval
    assert tenios.send(transfer).state == TransferState.ACCEPTED
    assert len(tenios.destinations) == 1


def test_worker_does_not_send_without_an_agreement(ada: User) -> None:
    transfer = make_transfer(agent=ada, destination_type="external_number", destination=LONDON)
    tenios = CountingTenios()

    sent = tenios.send(transfer)

    assert (sent.state, sent.cancel_reason) == (TransferState.CANCELLED, "destination_refused")
    assert tenios.destinations == []


def test_second_agreement_makes_no_second_transfer(ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada))
    approvals.grant(user=sue, approval_id=approval.pk)

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.grant(user=sue, approval_id=approval.pk)

    assert Transfer.objects.count() == 1


def test_agreement_makes_its_own_transfer_although_the_form_has_made_another_one(ada: User, sue: User) -> None:
    call = make_call(agent=ada)
    approval = ask(ada, call)
    other = request(ada, call, COLOGNE, request_key=approval.request_key)
    actions.cancel_transfer(user=ada, transfer_id=other.pk)

    transfer = approvals.grant(user=sue, approval_id=approval.pk)

    assert (transfer.destination, transfer.approval, transfer.state) == (LONDON, approval, TransferState.REQUESTED)


def test_same_form_asks_once_and_a_new_form_withdraws_the_older_question(ada: User) -> None:
    call, key = make_call(agent=ada), uuid.uuid4()

    first = ask(ada, call, request_key=key)
    again = ask(ada, call, request_key=key)
    other = ask(ada, call, address="+33142685300")

    assert again == first
    first.refresh_from_db()
    assert (first.state, other.state) == (ApprovalState.WITHDRAWN, ApprovalState.ASKED)


@pytest.mark.parametrize("answer", ["refuse", "withdraw"])
def test_question_that_was_refused_or_withdrawn_makes_no_transfer(ada: User, sue: User, answer: str) -> None:
    approval = ask(ada, make_call(agent=ada))
    if answer == "refuse":
        approvals.refuse(user=sue, approval_id=approval.pk)
    else:
        approvals.withdraw(user=ada, approval_id=approval.pk)

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.grant(user=sue, approval_id=approval.pk)

    assert not Transfer.objects.exists()


def test_question_older_than_two_minutes_cannot_be_answered(ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada))
    Approval.objects.update(asked_at=timezone.now() - timedelta(seconds=121))

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.grant(user=sue, approval_id=approval.pk)

    assert not open_questions().exists()


def test_agreement_after_the_call_has_ended_decides_nothing(ada: User, sue: User) -> None:
    call = make_call(agent=ada)
    approval = ask(ada, call)
    Call.objects.update(state="ended", ended_at=timezone.now())

    with pytest.raises(CallNotConnected):
        approvals.grant(user=sue, approval_id=approval.pk)

    approval.refresh_from_db()
    assert approval.state == ApprovalState.ASKED


def test_only_the_asking_agent_withdraws_a_question(ada: User, ben: User) -> None:
    approval = ask(ada, make_call(agent=ada))

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.withdraw(user=ben, approval_id=approval.pk)


@pytest.mark.parametrize("address", ["110", "0221", "+4922155"])
def test_number_that_cannot_be_dialled_is_not_asked_about(ada: User, address: str) -> None:
    with pytest.raises(DestinationRefused):
        ask(ada, make_call(agent=ada), address=address)


def test_every_step_is_in_the_audit_log(ada: User, sue: User) -> None:
    approvals.refuse(user=sue, approval_id=ask(ada, make_call(agent=ada)).pk)
    approvals.grant(user=sue, approval_id=ask(ada, make_call(agent=ada)).pk)

    actions = list(AuditEntry.objects.order_by("seq").values_list("action", "actor"))

    assert actions == [
        (AuditAction.APPROVAL_ASKED, str(ada.pseudonym)),
        (AuditAction.APPROVAL_REFUSED, str(sue.pseudonym)),
        (AuditAction.APPROVAL_ASKED, str(ada.pseudonym)),
        (AuditAction.APPROVAL_GRANTED, str(sue.pseudonym)),
        (AuditAction.TRANSFER_REQUESTED, str(ada.pseudonym)),
    ]
