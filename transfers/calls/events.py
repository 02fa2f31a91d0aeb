"""Applies the posts of TENIOS: each is stored as it came, and moves its call forward, never back.

Order, repeats and gaps are harmless: the state of a call only rises (ringing, menu, forwarding, connected, ended),
`ended` is final, and a post that names a call we never saw begin makes it appear (docs/tenios-api.md §6, §7).
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Greatest

from transfers.base.phone_numbers import is_same_address, to_e164
from transfers.calls.caller_digest import digest_caller
from transfers.lifecycle import outcomes
from transfers.live import publishing
from transfers.models import AgentAddress, Call, CallEvent, CallState
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
        call, is_new = _call_of(posted, received_at)
        event = CallEvent.objects.create(
            received_at=received_at,
            request_type=posted.request_type[:64],
            kind=posted.kind,
            call_uuid=posted.call_uuid,
            forward_target=_forward_target(posted, call),
            body=posted.stored_json,
        )
        if call is not None:
            _project(posted, event, call, is_new=is_new)
    return event


def _call_of(posted: PostedEvent, received_at: datetime) -> tuple[Call | None, bool]:
    """Return the call that a post moves, and whether it appears with it.

    Its row is held, where the database does so: whoever is told of the change is who has the call at the commit.
    """
    if not posted.call_uuid or posted.kind not in _STATE_BY_KIND:
        return None, False
    return Call.objects.select_for_update(no_key=True).get_or_create(
        call_uuid=posted.call_uuid,
        defaults={"started_at": received_at, "last_event_at": received_at, **_facts_to_fill(None, posted)},
    )


def _project(posted: PostedEvent, event: CallEvent, call: Call, *, is_new: bool) -> None:
    people = {call.agent_id}
    if not is_new or posted.kind != CallEventKind.CALL_STARTED:
        people |= _advance(call, event, _changes(posted, event), _facts_to_fill(call, posted))
    if not is_new:
        people |= outcomes.follow_call_event(call, event)
    publishing.publish_on_commit(call_id=call.pk, user_ids=people)


def _facts_to_fill(call: Call | None, posted: PostedEvent) -> dict[str, str]:
    """What a post tells of the call itself and no earlier one told: the first word stands."""
    facts = {
        "correlation_id": posted.correlation_id,
        "caller_number": posted.caller_number,
        "called_number": posted.called_number if posted.kind not in _FORWARDS else "",
    }
    fill = {name: value for name, value in facts.items() if value and not getattr(call, name, "")}
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
    owner = _owner_named_by(posted, event.forward_target)
    if event.forward_target:
        changes["forward_target"] = event.forward_target
    if owner is not None:
        changes |= {"agent_id": owner, "agent_since_at": event.received_at, "is_taken_by_hand": False}
    if posted.kind == CallEventKind.FORWARD_ANSWERED:
        changes["connected_at"] = event.received_at
    return changes


def _advance(call: Call, event: CallEvent, changes: dict[str, Any], facts: dict[str, str]) -> set[int | None]:
    """Move the call up and write what came with it; a post that comes late, or twice, moves nothing back.

    A forward of a call that is connected already counts only as the leg of a transfer to a colleague: then the call
    becomes theirs. Any other is an earlier attempt, told late. Returns whose the call became, if anybody's.
    """
    state = _STATE_BY_KIND[CallEventKind(event.kind)]
    not_after = [other for other in CallState if other.rank < state.rank or other == state == CallState.FORWARDING]
    may_move = Call.objects.filter(pk=call.pk).live().filter(state__in=not_after)
    heard = {"last_event_at": Greatest("last_event_at", event.received_at), **facts}
    if event.forward_target and "agent_id" not in changes:
        # It rings for somebody without an account now: it is the former agent's no longer, unless taken by hand.
        changes = changes | {"agent": _unless_by_hand("agent"), "agent_since_at": _unless_by_hand("agent_since_at")}
    if may_move.update(state=state, **changes, **heard):
        return {changes.get("agent_id")}
    Call.objects.filter(pk=call.pk).update(**heard)
    if not changes.get("agent_id") or not _is_leg_of_transfer(call, event):
        return set()
    owner = {"agent_id": changes["agent_id"], "agent_since_at": changes["agent_since_at"]}
    return {changes["agent_id"]} if Call.objects.filter(pk=call.pk).live().update(**owner) else set()


def _unless_by_hand(column: str) -> Case:
    return Case(When(is_taken_by_hand=True, then=F(column)), default=None)


def _is_leg_of_transfer(call: Call, event: CallEvent) -> bool:
    latest = call.transfers.filter(sent_at__lte=event.received_at).order_by("-pk").first()
    return latest is not None and is_same_address(event.forward_target, latest.destination)


def _forward_target(posted: PostedEvent, call: Call | None) -> str:
    """Whom a forward post names beside caller, ids and dialled number; empty when it has just the four variables."""
    if posted.kind not in _FORWARDS:
        return ""
    named = {name: value for name, value in posted.variables.items() if value and _may_name_a_phone(name)}
    dialled = named.pop("destination_number", "")
    hints = [value for name, value in named.items() if "forward" in name or "destination" in name]
    return (hints[0] if hints else "")[:128] or _dialled_if_redirected(call, dialled)


def _dialled_if_redirected(call: Call | None, dialled: str) -> str:
    """`destination_number` may be the forward's target, not the dialled number: then it differs from the call's."""
    known = call.called_number if call is not None else ""
    return dialled[:128] if known and dialled != known else ""


def _owner_named_by(posted: PostedEvent, target: str) -> int | None:
    """The person one of whose phones a variable of the post equals, the forward's target before all others.

    What the caller is or typed does not count: neither their own number nor the keys they pressed.
    """
    others = (value for name, value in posted.variables.items() if _may_name_a_phone(name))
    named = [spelling for value in filter(None, (target, *others)) for spelling in (value, to_e164(value)) if spelling]
    phones = AgentAddress.objects.filter(address__in=set(named), user__is_active=True)
    owners = dict(phones.values_list("address", "user_id")) if named else {}
    return next((owners[spelling] for spelling in named if spelling in owners), None)


def _may_name_a_phone(variable: str) -> bool:
    return variable not in _NOT_A_TARGET and not variable.startswith("collected_")
