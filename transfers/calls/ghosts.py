"""Ends calls whose end TENIOS never posted: asks its call records about every live call that nothing was heard of.

A post that is lost is not repeated (docs/tenios-api.md §7); without this its call would stay on every board. Only the
record of the caller's own leg ends a call, whatever became of its transfers: that leg is the caller.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.lifecycle import outcomes
from transfers.live import publishing
from transfers.models import STALE_AFTER, Call, CallEvent, CallState
from transfers.tenios import CallEventKind, CallRecord, TeniosClient, TeniosUnavailable

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 10
"""How many calls one round asks for, each in a request of its own."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
MARGIN = timedelta(minutes=1)
UNSEEN_BEGINNING = timedelta(hours=1)
"""How much earlier than its first post a call may have begun whose beginning was not posted either."""


def end_ghost_calls(*, client: TeniosClient) -> None:
    """Ask for the live calls without news that are due for a look, and end those that are over.

    The pause between two looks at one call grows with its silence. What cannot be read ends the round: the others would
    not be read either.
    """
    now = timezone.now()
    silent = Call.objects.live().filter(last_event_at__lt=now - STALE_AFTER)
    due = silent.filter(Q(next_check_at__lte=now) | Q(next_check_at=None)).order_by("last_event_at")[:MOST_AT_ONCE]
    for call in due:
        if not _plan_next_look(call, now):
            continue
        try:
            _end_if_over(call, client)
        except TeniosUnavailable as problem:
            logger.warning("call records of a call without news could not be read: %s", problem)
            return


def _plan_next_look(call: Call, now: datetime) -> bool:
    """Put the next look off before this one begins, so that a slow or failing one is not started again meanwhile."""
    pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, (now - call.last_event_at - STALE_AFTER) / 4))
    as_read = Call.objects.live().filter(pk=call.pk, next_check_at=call.next_check_at)
    return bool(as_read.update(next_check_at=now + pause))


def _end_if_over(call: Call, client: TeniosClient) -> None:
    earlier = MARGIN if _was_its_beginning_posted(call) else UNSEEN_BEGINNING
    records = client.call_records(start_at=call.started_at - earlier, end_at=call.started_at + MARGIN)
    callers_leg = next((leg for leg in records.legs if leg.is_inbound and leg.leg_uuid == call.call_uuid), None)
    with transaction.atomic():
        if callers_leg is not None and callers_leg.ended_at is not None:
            _end(call, callers_leg, callers_leg.ended_at)
        # Told in either case: that there is no news of it has come about by the clock alone.
        people = {call.agent_id, *call.transfers.unsettled().values_list("agent_id", flat=True)}
        publishing.publish_on_commit(call_id=call.pk, user_ids=people)


def _was_its_beginning_posted(call: Call) -> bool:
    return CallEvent.objects.filter(call_uuid=call.call_uuid, kind=CallEventKind.CALL_STARTED).exists()


def _end(call: Call, callers_leg: CallRecord, ended_at: datetime) -> None:
    """Do what the post would have done: end the call and take back what was not sent; with the record as evidence."""
    if not Call.objects.live().filter(pk=call.pk).update(state=CallState.ENDED, ended_at=ended_at):
        return
    evidence = _told_by(callers_leg)
    outcomes.cancel_requested(call, reason="call_ended", evidence=evidence)
    unsettled: list[int | None] = [*call.transfers.unsettled().values_list("pk", flat=True)]
    for transfer_id in unsettled or [None]:
        audit_log.record(
            actor="tenios",
            action=AuditAction.CALL_ENDED,
            transfer_id=transfer_id,
            call_id=call.pk,
            detail={"call_uuid": call.call_uuid, "evidence": evidence},
        )


def _told_by(callers_leg: CallRecord) -> dict[str, Any]:
    return {
        "source": "call_record",
        "leg_uuid": callers_leg.leg_uuid,
        "started_at": callers_leg.started_at.isoformat(),
        "ended_at": callers_leg.ended_at.isoformat() if callers_leg.ended_at else None,
        "hangup_cause": callers_leg.hangup_cause,
    }
