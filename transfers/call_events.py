"""Applies the posts of TENIOS: each is stored as it came, and moves its call forward, never back.

Order, repeats and gaps are harmless: the state of a call only rises (ringing, menu, forwarding, connected, ended),
`ended` is final, and a post that names a call we never saw begin makes it appear (docs/tenios-api.md §6, §7).
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Greatest

from transfers import live_updates, transfer_outcomes
from transfers.caller_digest import digest_caller
from transfers.models import AgentAddress, Call, CallEvent, CallState
from transfers.phone_numbers import is_same_address, to_e164
from transfers.tenios import CallEvent as PostedEvent
from transfers.tenios import CallEventKind

_STATE_BY_KIND = {
    CallEventKind.CALL_STARTED: CallState.RINGING,
    CallEventKind.BLOCK_ENDED: CallState.MENU,
    CallEventKind.FORWARD_STARTED: CallState.FORWARDING,
    CallEventKind.FORWARD_ANSWERED: CallState.CONNECTED,
    CallEventKind.CALL_ENDED: CallState.ENDED,
}
_FORWARDS = (CallEventKind.FORWARD_STARTED, CallEventKind.FORWARD_ANSWERED)
_NOT_A_TARGET = {"call_uuid", "correlation_id", "caller_id_number", "caller_id_name"}


def apply_call_event(posted: PostedEvent, *, received_at: datetime) -> CallEvent:
    """Store one post and the change it makes in one transaction; return the stored row."""
    with transaction.atomic():
        event = CallEvent.objects.create(
            received_at=received_at,
            request_type=posted.request_type[:64],
            kind=posted.kind,
            call_uuid=posted.call_uuid,
            forward_target=_forward_target(posted),
            body=posted.stored_json,
        )
        if posted.call_uuid and posted.kind in _STATE_BY_KIND:
            _project(posted, event)
    return event


def _project(posted: PostedEvent, event: CallEvent) -> None:
    call, _is_new = Call.objects.get_or_create(
        call_uuid=posted.call_uuid,
        defaults={"started_at": event.received_at, "last_event_at": event.received_at},
    )
    former_agent_id = call.agent_id
    Call.objects.filter(pk=call.pk).update(
        last_event_at=Greatest("last_event_at", event.received_at), **_facts_to_fill(call, posted)
    )
    _advance(call, event, _changes(posted, event))
    call.refresh_from_db()
    transfer_outcomes.follow_call_event(call, event)
    requesters = call.transfers.unsettled().values_list("agent_id", flat=True)
    live_updates.publish_on_commit(call_id=call.pk, user_ids={former_agent_id, call.agent_id, *requesters})


def _facts_to_fill(call: Call, posted: PostedEvent) -> dict[str, str]:
    """What a post tells of the call itself and no earlier one told: the first word stands."""
    facts = {
        "correlation_id": posted.correlation_id,
        "caller_number": posted.caller_number,
        "called_number": posted.called_number if posted.kind not in _FORWARDS else "",
    }
    fill = {name: value for name, value in facts.items() if value and not getattr(call, name)}
    if "caller_number" in fill:
        fill["caller_digest"] = digest_caller(fill["caller_number"])
    return fill


def _changes(posted: PostedEvent, event: CallEvent) -> dict[str, Any]:
    if posted.kind == CallEventKind.BLOCK_ENDED:
        return _menu_changes(posted)
    if posted.kind in _FORWARDS:
        return _forward_changes(posted, event)
    if posted.kind == CallEventKind.CALL_ENDED:
        return {"ended_at": event.received_at}
    return {}


def _menu_changes(posted: PostedEvent) -> dict[str, Any]:
    keys = [value for name, value in posted.variables.items() if name.startswith("collected_")]
    changes = {"menu_name": posted.block_type[:64]}
    return {**changes, "menu_key": keys[-1][:32]} if keys else changes


def _forward_changes(posted: PostedEvent, event: CallEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    owner = _owner_named_by(posted)
    if event.forward_target:
        changes["forward_target"] = event.forward_target
    if owner is not None:
        changes |= {"agent_id": owner, "agent_since_at": event.received_at, "is_taken_by_hand": False}
    if posted.kind == CallEventKind.FORWARD_ANSWERED:
        changes["connected_at"] = event.received_at
    return changes


def _advance(call: Call, event: CallEvent, changes: dict[str, Any]) -> None:
    """Move the call up and write what came with it; a post that comes late, or twice, moves nothing back.

    A forward of a call that is connected already counts only as the leg of a transfer to a colleague: then the call
    becomes theirs. Any other is an earlier attempt, told late.
    """
    state = _STATE_BY_KIND[CallEventKind(event.kind)]
    live = Call.objects.filter(pk=call.pk).live()
    not_after = [other for other in CallState if other.rank < state.rank or other == state == CallState.FORWARDING]
    moved = live.filter(state__in=not_after).update(state=state, **changes)
    if moved and event.forward_target and "agent_id" not in changes:
        # It rings for somebody without an account now: it is the former agent's no longer, unless taken by hand.
        live.filter(is_taken_by_hand=False).update(agent=None, agent_since_at=None)
    if not moved and changes.get("agent_id") and _is_leg_of_transfer(call, event):
        live.update(agent_id=changes["agent_id"], agent_since_at=changes["agent_since_at"])


def _is_leg_of_transfer(call: Call, event: CallEvent) -> bool:
    latest = call.transfers.filter(sent_at__lte=event.received_at).order_by("-pk").first()
    return latest is not None and is_same_address(event.forward_target, latest.destination)


def _forward_target(posted: PostedEvent) -> str:
    """Whom a forward post names beside caller, ids and dialled number; empty when it has just the four variables."""
    if posted.kind not in _FORWARDS:
        return ""
    named = {name: value for name, value in posted.variables.items() if value and _may_name_a_phone(name)}
    dialled = named.pop("destination_number", "")
    hints = [value for name, value in named.items() if "forward" in name or "destination" in name]
    return (hints[0] if hints else "")[:128] or _dialled_if_redirected(posted, dialled)


def _dialled_if_redirected(posted: PostedEvent, dialled: str) -> str:
    """`destination_number` may be the forward's target, not the dialled number: then it differs from the call's."""
    known = Call.objects.filter(call_uuid=posted.call_uuid).values_list("called_number", flat=True).first()
    return dialled[:128] if known and dialled != known else ""


def _owner_named_by(posted: PostedEvent) -> int | None:
    """The person one of whose phones a variable of the post equals, the forward's target before all others.

    What the caller is or typed does not count: neither their own number nor the keys they pressed.
    """
    others = (value for name, value in posted.variables.items() if _may_name_a_phone(name))
    for value in filter(None, (_forward_target(posted), *others)):
        phones = AgentAddress.objects.filter(address__in={value, to_e164(value)} - {""}, user__is_active=True)
        owner = phones.values_list("user_id", flat=True).first()
        if owner is not None:
            return owner
    return None


def _may_name_a_phone(variable: str) -> bool:
    return variable not in _NOT_A_TARGET and not variable.startswith("collected_")
