"""Changes the agent of a call by hand: an agent takes a call without an agent, or gives up their own."""

from django.db import transaction
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.live import publishing
from transfers.models import Call, User


def take_call(*, user: User, call_uuid: str) -> bool:
    """Assign a live call without an agent to this person. Return False if it has an agent by now, or has ended."""
    with transaction.atomic():
        free = Call.objects.live().filter(call_uuid=call_uuid, agent=None)
        if not free.update(agent=user, agent_since_at=timezone.now(), is_taken_by_hand=True):
            return False
        _record(user, call_uuid, AuditAction.CALL_TAKEN)
    return True


def give_up_call(*, user: User, call_uuid: str) -> bool:
    """Remove this person from their call. Return False if it was not theirs."""
    with transaction.atomic():
        if not Call.objects.filter(call_uuid=call_uuid, agent=user).update(
            agent=None, agent_since_at=None, is_taken_by_hand=False
        ):
            return False
        _record(user, call_uuid, AuditAction.CALL_GIVEN_UP)
    return True


def _record(user: User, call_uuid: str, action: AuditAction) -> None:
    call_id = Call.objects.values_list("pk", flat=True).get(call_uuid=call_uuid)
    audit_log.record(
        actor=str(user.pseudonym),
        action=action,
        call_id=call_id,
        detail={"actor_name": user.display_name, "call_uuid": call_uuid},
    )
    publishing.publish_on_commit(call_id=call_id, user_ids={user.pk})
