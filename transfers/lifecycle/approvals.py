"""A supervisor's second click: an agent asks whether a call may go where the policy alone would not let it.

    asked ──► granted (and the transfer is requested in the same transaction) | refused | withdrawn | expired

Each step is one conditional UPDATE with its audit entry. The same form asks only once. A question that is too old
counts as expired for every reader; the state is written when its agent asks the next question.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from transfers.audit_log import AuditAction
from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination
from transfers.lifecycle import limits, requests
from transfers.lifecycle.approval_record import record_step
from transfers.lifecycle.open_questions import OPEN_FOR, is_too_old
from transfers.lifecycle.refusals import CallNotConnected, TooManyTransfers
from transfers.lifecycle.transferable import transferable_call
from transfers.models import Approval, ApprovalState, Call, CallState, Transfer, User

_ACTION_OF = {
    ApprovalState.GRANTED: AuditAction.APPROVAL_GRANTED,
    ApprovalState.REFUSED: AuditAction.APPROVAL_REFUSED,
    ApprovalState.WITHDRAWN: AuditAction.APPROVAL_WITHDRAWN,
    ApprovalState.EXPIRED: AuditAction.APPROVAL_EXPIRED,
}


class ApprovalNotPending(Exception):
    """The question was answered, withdrawn or too old at the time of the click, or there never was one."""


def ask_supervisors(
    *, user: User, call_uuid: str, destination_type: str, address: str, note: str, request_key: UUID
) -> Approval:
    """Ask the supervisors, and withdraw an older question of the same person. The same form asks only once.

    Raises `CallNotFound`, `CallNotConnected` when the call has ended, and `DestinationRefused` for what no supervisor
    may agree to.
    """
    call = transferable_call(user=user, call_uuid=call_uuid)
    with transaction.atomic():
        _lock_questions_of(user)
        same_form = Approval.objects.filter(agent=user, request_key=request_key).first()
        if same_form is not None:
            return same_form
        if call.state == CallState.ENDED:
            raise CallNotConnected(call)
        checked = check_destination(destination_type=destination_type, address=address, is_agreed=True)
        _close_older_question(user)
        return _create_question(call, user, checked, note, request_key)


def grant(*, user: User, approval_id: int) -> Transfer:
    """Agree: request the transfer for the agent who asked, with the usual grace.

    Raises `ApprovalNotPending`, and what `request_agreed_transfer` raises. Then nothing is decided.
    """
    with transaction.atomic():
        approval = _decide(_pending_question(approval_id), ApprovalState.GRANTED, by=user)
        return requests.request_agreed_transfer(approval, agreed_by=user)


def refuse(*, user: User, approval_id: int) -> Approval:
    """Do not agree. Raises `ApprovalNotPending`."""
    return _decide(_pending_question(approval_id), ApprovalState.REFUSED, by=user)


def withdraw(*, user: User, approval_id: int) -> Approval:
    """Take back one's own question. Raises `ApprovalNotPending`."""
    return _decide(_pending_question(approval_id, agent=user), ApprovalState.WITHDRAWN, by=user)


def _lock_questions_of(user: User) -> None:
    """Let one person ask one question after the other: PostgreSQL locks the person's row, SQLite the database."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _close_older_question(user: User) -> None:
    for older in Approval.objects.pending().filter(agent=user).select_related("agent"):
        with suppress(ApprovalNotPending):  # a supervisor has just answered it
            _decide(older, ApprovalState.EXPIRED if is_too_old(older) else ApprovalState.WITHDRAWN, by=user)


def _create_question(call: Call, user: User, checked: CheckedDestination, note: str, request_key: UUID) -> Approval:
    approval = Approval.objects.create(
        call=call,
        agent=user,
        destination_type=checked.destination_type,
        destination=checked.address,
        note=note,
        reason_code=_reason_code(checked, user),
        request_key=request_key,
        asked_at=Now(),
    )
    record_step(approval, AuditAction.APPROVAL_ASKED, by=user)
    approval.refresh_from_db()
    return approval


def _pending_question(approval_id: int, **where: Any) -> Approval:
    approval = Approval.objects.pending().filter(pk=approval_id, **where).select_related("agent", "call").first()
    if approval is None:
        raise ApprovalNotPending
    return approval


def _decide(approval: Approval, state: ApprovalState, *, by: User) -> Approval:
    candidates = Approval.objects.pending().filter(pk=approval.pk)
    if state in (ApprovalState.GRANTED, ApprovalState.REFUSED):
        candidates = candidates.filter(asked_at__gte=Now() - OPEN_FOR)
    with transaction.atomic():
        if not candidates.update(state=state, decided_at=Now(), decided_by_name=by.display_name):
            raise ApprovalNotPending
        approval.refresh_from_db()
        record_step(approval, _ACTION_OF[state], by=by)
    return approval


def _reason_code(checked: CheckedDestination, user: User) -> str:
    """Return why the agent may not transfer there alone; an empty text when nothing prevents it any more."""
    try:
        check_destination(destination_type=checked.destination_type, address=checked.address)
        limits.require_within_limits(agent_id=user.pk, planned=1)
    except (DestinationRefused, TooManyTransfers) as refusal:
        return refusal.code
    return ""
