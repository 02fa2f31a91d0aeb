"""Reads one call event: facts about the call, the target of a forward, and the agent whose phone that is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from transfers.base.phone_numbers import to_e164
from transfers.calls.caller_digest import digest_caller
from transfers.models import AgentAddress, Call
from transfers.tenios import CallEvent as PostedEvent
from transfers.tenios import CallEventKind

FORWARDS = (CallEventKind.FORWARD_STARTED, CallEventKind.FORWARD_ANSWERED)

_NEVER_A_PHONE = {"call_uuid", "correlation_id", "caller_id_number", "caller_id_name"}
"""Variables that describe the caller or the call, so they never name an agent's phone."""


def facts_of_new_call(posted: PostedEvent) -> dict[str, str]:
    """Return the columns that the first event of a call fills."""
    return _with_digest({name: value for name, value in _facts(posted).items() if value})


def missing_facts(call: Call, posted: PostedEvent) -> dict[str, str]:
    """Return the columns that the event fills because no earlier event did: the first value stays."""
    return _with_digest({name: value for name, value in _facts(posted).items() if value and not getattr(call, name)})


def forward_target(posted: PostedEvent, call: Call | None) -> str:
    """Return the target of a forward event (SIP user or number), or "" if the event names none.

    TENIOS documents no variable for the target. The first variable that has "forward" or "destination" in its name
    counts, else `destination_number`.
    """
    if posted.kind not in FORWARDS:
        return ""
    named = {name: value for name, value in posted.variables.items() if value and _may_name_a_phone(name)}
    dialled = named.pop("destination_number", "")
    targets = [value for name, value in named.items() if "forward" in name or "destination" in name]
    return (targets[0] if targets else "")[:128] or _dialled_if_redirected(call, dialled)


def changes_by(posted: PostedEvent, *, target: str, received_at: datetime) -> dict[str, Any]:
    """Return the columns that change if the event moves its call forward. `target` is its `forward_target`."""
    if posted.kind == CallEventKind.BLOCK_ENDED:
        return _menu_changes(posted)
    if posted.kind in FORWARDS:
        return _forward_changes(posted, target, received_at)
    if posted.kind == CallEventKind.CALL_ENDED:
        return {"ended_at": received_at}
    return {}


def _facts(posted: PostedEvent) -> dict[str, str]:
    return {
        "caller_number": posted.caller_number,
        # In a forward event `destination_number` may be the target of the forward.
        "called_number": posted.called_number if posted.kind not in FORWARDS else "",
    }


def _with_digest(facts: dict[str, str]) -> dict[str, str]:
    if "caller_number" not in facts:
        return facts
    return {**facts, "caller_digest": digest_caller(facts["caller_number"])}


def _menu_changes(posted: PostedEvent) -> dict[str, Any]:
    keys = [value for name, value in posted.variables.items() if name.startswith("collected_")]
    return {"menu_key": keys[-1][:32]} if keys else {}


def _forward_changes(posted: PostedEvent, target: str, received_at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    agent_id = _agent_named_by(posted, target)
    if target:
        changes["forward_target"] = target
    if agent_id is not None:
        changes |= {"agent_id": agent_id, "agent_since_at": received_at, "is_taken_by_hand": False}
    if posted.kind == CallEventKind.FORWARD_ANSWERED:
        changes["connected_at"] = received_at
    return changes


def _dialled_if_redirected(call: Call | None, dialled: str) -> str:
    """`destination_number` is the target of the forward if it differs from the number that the caller dialled."""
    known = call.called_number if call is not None else ""
    return dialled[:128] if known and dialled != known else ""


def _agent_named_by(posted: PostedEvent, target: str) -> int | None:
    """Return the id of the active person whose phone a variable names, or None. The target has priority.

    The caller's own number and the keys they pressed do not count.
    """
    named = list(_spellings_of_phones(posted, target))
    phones = AgentAddress.objects.filter(address__in=set(named), user__is_active=True)
    owners = dict(phones.values_list("address", "user_id")) if named else {}
    return next((owners[spelling] for spelling in named if spelling in owners), None)


def _spellings_of_phones(posted: PostedEvent, target: str) -> Iterator[str]:
    others = (value for name, value in posted.variables.items() if _may_name_a_phone(name))
    for value in filter(None, (target, *others)):
        yield value
        if number := to_e164(value):
            yield number


def _may_name_a_phone(variable: str) -> bool:
    return variable not in _NEVER_A_PHONE and not variable.startswith("collected_")
