"""The record of each step of a question to the supervisors: its audit entry, and the message to the boards."""

from django.db.models import Q

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.live import publishing
from transfers.models import Approval, User


def record_step(approval: Approval, action: AuditAction, *, by: User) -> None:
    """Write the audit entry of one step, and tell the boards of the agent and of all supervisors after the commit."""
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
    may_decide = (
        Q(groups__permissions__codename="decide_approvals")
        | Q(user_permissions__codename="decide_approvals")
        | Q(is_superuser=True)
    )
    return set(User.objects.filter(may_decide, is_active=True).values_list("pk", flat=True))
