"""Applies call events from TENIOS: stores each as it came, and moves its call forward, never back.

Events may come late, twice, or not at all. The state of a call only rises (ringing, menu, forwarding, connected,
ended), `ended` is final, and an event of an unknown call creates the call (docs/tenios-api.md §6, §7).
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Greatest

from transfers.base.phone_numbers import is_same_address
from transfers.calls.event_facts import changes_by, facts_of_new_call, forward_target, missing_facts
from transfers.lifecycle import outcomes
from transfers.live import publishing
from transfers.models import Call, CallEvent, CallState
from transfers.tenios import CallEvent as PostedEvent
from transfers.tenios import CallEventKind

_STATE_BY_KIND = {
    CallEventKind.CALL_STARTED: CallState.RINGING,
    CallEventKind.BLOCK_ENDED: CallState.MENU,
    CallEventKind.FORWARD_STARTED: CallState.FORWARDING,
    CallEventKind.FORWARD_ANSWERED: CallState.CONNECTED,
    CallEventKind.CALL_ENDED: CallState.ENDED,
}


def apply_call_event(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
    """Store one event and the change it makes in one transaction; return the stored row."""
    with transaction.atomic():
        call, is_new = _get_or_create_call(posted, received_at)
        event = CallEvent.objects.create(
            received_at=received_at,
            request_type=posted.request_type[:64],
            kind=posted.kind,
            call_uuid=posted.call_uuid,
            forward_target=forward_target(posted, call),
            body=posted.stored_json,
        )
        if call is not None:
            _update_call(call, posted, event, is_new=is_new)
    return event


def _get_or_create_call(posted: PostedEvent, received_at: datetime) -> tuple[Call | None, bool]:
    """Return the call that the event is about, and whether it is new. None for an event that moves no call.

    Locks the call row (PostgreSQL only), so the agent we notify is the one assigned at commit.
    """
    if not posted.call_uuid or posted.kind not in _STATE_BY_KIND:
        return None, False
    return Call.objects.select_for_update(no_key=True).get_or_create(
        call_uuid=posted.call_uuid,
        defaults={"started_at": received_at, "last_event_at": received_at, **facts_of_new_call(posted)},
    )


def _update_call(call: Call, posted: PostedEvent, event: CallEvent, *, is_new: bool) -> None:
    """Apply the event to its call and its transfers, and notify everybody whose card changes."""
    agent_ids = {call.agent_id}
    if not is_new or posted.kind != CallEventKind.CALL_STARTED:  # a new call is already ringing
        agent_ids |= _advance(call, posted, event)
    if not is_new:
        agent_ids |= outcomes.follow_call_event(call, event)
    publishing.publish_on_commit(call_id=call.pk, user_ids=agent_ids)


def _advance(call: Call, posted: PostedEvent, event: CallEvent) -> set[int | None]:
    """Move the call forward and store the facts of the event. Return the id of its new agent, if any.

    A late or repeated event only fills gaps. The one exception is the forward of a connected call to the destination
    of its transfer: the call then belongs to that colleague.
    """
    changes = changes_by(posted, target=event.forward_target, received_at=event.received_at)
    always = {"last_event_at": Greatest("last_event_at", event.received_at), **missing_facts(call, posted)}
    if _move_forward(call, event, changes, always):
        return {changes.get("agent_id")}
    Call.objects.filter(pk=call.pk).update(**always)
    return _give_to_colleague(call, event, changes)


def _move_forward(call: Call, event: CallEvent, changes: dict[str, Any], always: dict[str, Any]) -> bool:
    """Compare-and-set: write the event's state and changes unless the call has already come further."""
    state = _STATE_BY_KIND[CallEventKind(event.kind)]
    # A call may be forwarded again from FORWARDING, because the first destination may not have answered.
    earlier = [other for other in CallState if other.rank < state.rank or other == state == CallState.FORWARDING]
    if event.forward_target and "agent_id" not in changes:
        changes = {**changes, **_without_agent()}
    movable = Call.objects.filter(pk=call.pk).live().filter(state__in=earlier)
    return bool(movable.update(state=state, **changes, **always))


def _without_agent() -> dict[str, Case]:
    """The call rings at a phone of nobody we know, so its agent loses it, unless they took it by hand."""
    return {
        column: Case(When(is_taken_by_hand=True, then=F(column)), default=None)
        for column in ("agent", "agent_since_at")
    }


def _give_to_colleague(call: Call, event: CallEvent, changes: dict[str, Any]) -> set[int | None]:
    """Assign the call to the receiver of its transfer. Return the id of that agent, if the call was assigned."""
    agent_id = changes.get("agent_id")
    if not agent_id or not _is_leg_of_transfer(call, event):
        return set()
    live = Call.objects.filter(pk=call.pk).live()
    is_assigned = live.update(agent_id=agent_id, agent_since_at=changes["agent_since_at"])
    return {agent_id} if is_assigned else set()


def _is_leg_of_transfer(call: Call, event: CallEvent) -> bool:
    """Whether the event forwards the call to the destination of its latest sent transfer."""
    latest = call.transfers.filter(sent_at__lte=event.received_at).order_by("-pk").first()
    return latest is not None and is_same_address(event.forward_target, latest.destination)
