"""A supervisor's second click: an agent asks whether one call may go where the policy alone would not let it.

    asked ──► granted (and the transfer is requested in the same transaction) | refused | withdrawn | expired

Each step is one conditional UPDATE with its audit entry. Who asks again for the same form asks once. A question that is
too old counts as expired for everybody who reads it; it is written down as such when its agent asks the next one.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination
from transfers.lifecycle import limits, requests
from transfers.lifecycle.refusals import CallNotConnected, TooManyTransfers
from transfers.lifecycle.transferable import transferable_call
from transfers.live import publishing
from transfers.models import Approval, ApprovalState, Call, CallState, Transfer, User

WAITS_FOR = timedelta(minutes=2)
"""How long a question stays open: a caller is on the line."""

ANSWER_STAYS_FOR = timedelta(minutes=2)
"""How long the agent's card tells of a refusal."""

_ACTIONS = {
    ApprovalState.GRANTED: AuditAction.APPROVAL_GRANTED,
    ApprovalState.REFUSED: AuditAction.APPROVAL_REFUSED,
    ApprovalState.WITHDRAWN: AuditAction.APPROVAL_WITHDRAWN,
    ApprovalState.EXPIRED: AuditAction.APPROVAL_EXPIRED,
}


class ApprovalNotPending(Exception):
    """The question was answered, withdrawn or too old by the time of the click, or there never was one."""


def ask_supervisors(
    *, user: User, call_uuid: str, destination_type: str, address: str, note: str, request_key: UUID
) -> Approval:
    """Put a question to the supervisors; an older one of the same person is withdrawn. The same form asks once.

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
        return _commit(call, user, checked, note, request_key)


def grant(*, user: User, approval_id: int) -> Transfer:
    """Agree: the transfer is requested for the agent who asked, with their time to undo.

    Raises `ApprovalNotPending`, and what `request_transfer` raises; then nothing is decided.
    """
    with transaction.atomic():
        approval = _decide(_pending(approval_id), ApprovalState.GRANTED, by=user)
        return requests.request_agreed_transfer(approval, agreed_by=user)


def refuse(*, user: User, approval_id: int) -> Approval:
    """Say no. Raises `ApprovalNotPending`."""
    return _decide(_pending(approval_id), ApprovalState.REFUSED, by=user)


def withdraw(*, user: User, approval_id: int) -> Approval:
    """Take one's own question back. Raises `ApprovalNotPending`."""
    return _decide(_pending(approval_id, agent=user), ApprovalState.WITHDRAWN, by=user)


def open_questions() -> QuerySet[Approval]:
    """Return what waits for a supervisor, oldest first."""
    fresh = Approval.objects.pending().filter(asked_at__gte=Now() - WAITS_FOR)
    return fresh.select_related("agent", "call").order_by("asked_at")


def is_too_old(approval: Approval) -> bool:
    """Tell whether nobody answered an open question in time."""
    return approval.state == ApprovalState.ASKED and approval.asked_at < timezone.now() - WAITS_FOR


def shown_to_agent(user: User, call: Call) -> Approval | None:
    """Return the question about this call that its agent's card tells of: open, or lately refused or unanswered."""
    latest = Approval.objects.filter(agent=user, call=call).order_by("-pk").first()
    if latest is None or latest.state not in (ApprovalState.ASKED, ApprovalState.REFUSED):
        return None
    over_at = latest.decided_at or latest.asked_at + WAITS_FOR
    return latest if over_at > timezone.now() - ANSWER_STAYS_FOR else None


def _lock_questions_of(user: User) -> None:
    """Let one person ask one question after the other: PostgreSQL locks the person's row, SQLite the database."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _close_older_question(user: User) -> None:
    for older in Approval.objects.pending().filter(agent=user).select_related("agent"):
        with suppress(ApprovalNotPending):  # a supervisor has just answered it
            _decide(older, ApprovalState.EXPIRED if is_too_old(older) else ApprovalState.WITHDRAWN, by=user)


def _commit(call: Call, user: User, checked: CheckedDestination, note: str, request_key: UUID) -> Approval:
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
    _record(approval, AuditAction.APPROVAL_ASKED, by=user)
    approval.refresh_from_db()
    return approval


def _pending(approval_id: int, **where: Any) -> Approval:
    approval = Approval.objects.pending().filter(pk=approval_id, **where).select_related("agent", "call").first()
    if approval is None:
        raise ApprovalNotPending
    return approval


def _decide(approval: Approval, state: ApprovalState, *, by: User) -> Approval:
    too_old = Q(asked_at__lt=Now() - WAITS_FOR)
    candidates = Approval.objects.pending().filter(pk=approval.pk)
    if state in (ApprovalState.GRANTED, ApprovalState.REFUSED):
        candidates = candidates.exclude(too_old)
    with transaction.atomic():
        if not candidates.update(state=state, decided_at=Now(), decided_by_name=by.display_name):
            raise ApprovalNotPending
        approval.refresh_from_db()
        _record(approval, _ACTIONS[state], by=by)
    return approval


def _record(approval: Approval, action: AuditAction, *, by: User) -> None:
    audit_log.record(
        actor=str(by.pseudonym),
        action=action,
        call_id=approval.call_id,
        detail={
            "actor_name": by.display_name,
            "approval_id": approval.pk,
            "asked_by": approval.agent.display_name,
            "destination_type": approval.destination_type,
            "destination": approval.destination,
            "note": approval.note,
            "reason": approval.reason_code,
        },
    )
    publishing.publish_on_commit(call_id=approval.call_id, user_ids={approval.agent_id, *_supervisor_ids()})


def _supervisor_ids() -> set[int]:
    held = Q(groups__permissions__codename="decide_approvals") | Q(user_permissions__codename="decide_approvals")
    return set(User.objects.filter(held | Q(is_superuser=True), is_active=True).values_list("pk", flat=True))


def _reason_code(checked: CheckedDestination, user: User) -> str:
    """Return why the agent may not transfer there alone; an empty text when nothing prevents it any more."""
    try:
        check_destination(destination_type=checked.destination_type, address=checked.address)
        limits.require_within_limits(agent_id=user.pk, planned=1)
    except (DestinationRefused, TooManyTransfers) as refusal:
        return refusal.code
    return ""
