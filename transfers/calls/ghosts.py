"""Ends calls whose end TENIOS never reported, by asking for the call records of every live call without news.

TENIOS does not repeat a lost event (docs/tenios-api.md §7), so such a call would stay on every board. Only the record
of the caller's own leg ends a call, whatever the outcome of its transfers: that leg is the caller's connection.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.lifecycle import outcomes
from transfers.live import publishing
from transfers.models import STALE_AFTER, Call, CallEvent, CallState, CancelReason
from transfers.tenios import CallEventKind, CallRecord, TeniosClient, TeniosUnavailable

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 10
"""How many calls one round asks about, with one request each."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
"""The pause between two checks of one call grows between these bounds."""

MARGIN = timedelta(minutes=1)
UNREPORTED_START = timedelta(hours=1)
"""How much earlier than its first event a call may have begun if its CALL_START was lost as well."""


def end_ghost_calls(*, client: TeniosClient) -> None:
    """Check the live calls without news that are due, and end those that are over.

    The pause between two checks of one call grows with the time since its last event. If the records cannot be read,
    the round ends, because the next request would fail as well.
    """
    now = timezone.now()
    silent = Call.objects.live().filter(last_event_at__lt=now - STALE_AFTER)
    due = silent.filter(Q(next_check_at__lte=now) | Q(next_check_at=None)).order_by("last_event_at")[:MOST_AT_ONCE]
    for call in due:
        if not _postpone_next_check(call, now):
            continue
        try:
            _end_if_over(call, client)
        except TeniosUnavailable as problem:
            logger.warning("call records could not be read for a call without news: %s", problem)
            return


def _postpone_next_check(call: Call, now: datetime) -> bool:
    pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, (now - call.last_event_at - STALE_AFTER) / 4))
    return outcomes.postpone_check(Call.objects.live(), call, until_at=now + pause)


def _end_if_over(call: Call, client: TeniosClient) -> None:
    earlier = MARGIN if _was_start_reported(call) else UNREPORTED_START
    records = client.call_records(start_at=call.started_at - earlier, end_at=call.started_at + MARGIN)
    callers_leg = next((leg for leg in records.legs if leg.is_inbound and leg.leg_uuid == call.call_uuid), None)
    with transaction.atomic():
        if callers_leg is not None and callers_leg.ended_at is not None:
            _end(call, callers_leg, callers_leg.ended_at)
        agent_ids = {call.agent_id, *call.transfers.unsettled().values_list("agent_id", flat=True)}
        # Published for a call that goes on as well: no event has told the boards that it is without news.
        publishing.publish_on_commit(call_id=call.pk, user_ids=agent_ids)


def _was_start_reported(call: Call) -> bool:
    return CallEvent.objects.filter(call_uuid=call.call_uuid, kind=CallEventKind.CALL_STARTED).exists()


def _end(call: Call, callers_leg: CallRecord, ended_at: datetime) -> None:
    """End the call and cancel its unsent request, as CALL_END would have done, with the record as evidence."""
    if not Call.objects.live().filter(pk=call.pk).update(state=CallState.ENDED, ended_at=ended_at):
        return
    evidence = outcomes.evidence_of_record(callers_leg)
    outcomes.cancel_requested(call, reason=CancelReason.CALL_ENDED, evidence=evidence)
    unsettled: list[int | None] = [*call.transfers.unsettled().values_list("pk", flat=True)]
    for transfer_id in unsettled or [None]:
        audit_log.record(
            actor="tenios",
            action=AuditAction.CALL_ENDED,
            transfer_id=transfer_id,
            call_id=call.pk,
            detail={"call_uuid": call.call_uuid, "evidence": evidence},
        )
