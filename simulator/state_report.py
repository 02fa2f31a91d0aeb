"""The current state of the simulator as data, for GET /simulator/state and for the page."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from .account import Account
from .call_records import format_stamp
from .calls import Call
from .event_poster import EventPoster, PostedEvent
from .orders import NextTransfer, Orders
from .traffic import Traffic

_MOST_EVENTS = 100


def build_report(*, account: Account, orders: Orders, poster: EventPoster, traffic: Traffic) -> dict[str, Any]:
    """Return live calls, orders, options, counters and the latest posts. Times are in ISO format; keys are omitted."""
    now = account.scheduler.utc_now()
    return {
        "calls": [describe_call(call, now=now) for call in account.live_calls()],
        "next_transfer": _describe_order(orders.next),
        "always": _describe_order(orders.always),
        "settings": {**account.options.as_json(), "calls_per_minute": traffic.calls_per_minute, "post_to": poster.url},
        "agents": list(account.agents),
        "counters": {**account.counters, **{f"posts_{name}": count for name, count in poster.counters.items()}},
        "events": [_describe_event(event) for event in poster.last(_MOST_EVENTS)],
    }


def describe_call(call: Call, *, now: datetime) -> dict[str, Any]:
    """Return one running call. `with` is the destination of its current leg, `seconds` its duration so far."""
    return {
        "call_uuid": call.call_uuid,
        "caller": call.inbound.caller_number,
        "service_number": call.inbound.destination,
        "agent": call.agent,
        "state": call.state,
        "with": call.current_leg.destination if call.current_leg else None,
        "is_traffic": call.is_traffic,
        "started_at": format_stamp(call.inbound.started_at),
        "connected_at": format_stamp(call.connected_at) if call.connected_at else None,
        "seconds": int((now - call.inbound.started_at).total_seconds()),
    }


def _describe_order(order: NextTransfer | None) -> dict[str, Any] | None:
    return asdict(order) if order else None


def _describe_event(event: PostedEvent) -> dict[str, Any]:
    return {"id": event.id, "at": format_stamp(event.at), "status": event.status, "payload": event.payload}
