"""The plan of a transfer: how long its destination rings, how the ringing ends, and what happens to the caller."""

import re
from dataclasses import dataclass

from .calls import SIP_USER_LEG, Call, Leg, Plan
from .exchange import Exchange
from .routing_plan import post_answer, talk

E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_FAILURE_CAUSES = {"busy": "USER_BUSY", "no_answer": "NO_ANSWER", "rejected": "CALL_REJECTED"}
_FAILURE_WEIGHTS = {"busy": 0.4, "no_answer": 0.4, "rejected": 0.2}
_BUSY_TONE_SECONDS = (0.5, 1.5)


@dataclass(frozen=True)
class RingResult:
    """How the ringing ends: "answered", "caller_hangs_up" or "failed" (with its hangup cause), and when."""

    outcome: str
    seconds: float
    cause: str = ""


def decide_ring_result(
    exchange: Exchange, call: Call, *, destination_type: str, outcome: str | None, ring_seconds: float | None
) -> RingResult:
    """Decide how the ringing ends: by `outcome`, else `destination_outcomes`, else routing, else chance."""
    options, leg = exchange.options, call.current_leg
    destination = leg.destination if leg else ""
    outcome = outcome or options.destination_outcomes.get(destination)
    cause = "" if outcome else _find_routing_failure(exchange, destination_type, destination)
    outcome = outcome or ("failed" if cause else _draw_outcome(exchange, call, destination_type, destination))
    seconds = _draw_seconds(exchange, outcome) if ring_seconds is None else ring_seconds
    if outcome in ("answered", "caller_hangs_up"):
        return RingResult(outcome, seconds)
    return RingResult("failed", seconds, cause or _FAILURE_CAUSES[outcome])


def transferred_call(exchange: Exchange, call: Call, leg: Leg, result: RingResult) -> Plan:
    """Ring the destination of a transfer, then answer or end its leg."""
    has_posts = exchange.options.forward_posts_after_transfer == "both"
    if has_posts:
        exchange.post(call, "INITIATE_FORWARD", leg=leg)
    yield result.seconds
    if result.outcome == "caller_hangs_up":
        return exchange.end_call(call, cause="NORMAL_CLEARING")
    if result.outcome == "failed":
        return (yield from _fail_transfer(exchange, call, cause=result.cause))
    exchange.answer_leg(call, leg)
    call.state = "transferred"
    if has_posts:
        post_answer(exchange, call, leg)
    if call.is_traffic:
        call.talk_seconds = exchange.rng.uniform(20, 180)
    return (yield from talk(exchange, call))


def _fail_transfer(exchange: Exchange, call: Call, *, cause: str) -> Plan:
    """End the call, or connect the caller with the agent again, as the option says."""
    exchange.end_current_leg(call, cause=cause)
    if exchange.options.failed_transfer == "drop":
        return exchange.end_call(call, cause=cause)
    has_posts = exchange.options.failed_transfer == "return_with_posts"
    leg = exchange.start_leg(call, call_type=SIP_USER_LEG, destination=call.agent)
    if has_posts:
        exchange.post(call, "INITIATE_FORWARD", leg=leg)
    yield 1.0
    exchange.answer_leg(call, leg)
    call.state = "connected"
    if has_posts:
        post_answer(exchange, call, leg)
    return (yield from talk(exchange, call))


def _find_routing_failure(exchange: Exchange, destination_type: str, destination: str) -> str:
    """Return the hangup cause of a destination that cannot ring; "" if it can."""
    if destination_type == "SIP_USER" and destination not in exchange.sip_users:
        return "USER_NOT_REGISTERED"
    if destination_type == "SIP_TRUNK" and destination not in exchange.sip_trunks:
        return "NO_ROUTE_DESTINATION"
    if destination_type == "EXTERNALNUMBER" and not E164.fullmatch(destination):
        return "INVALID_NUMBER_FORMAT"
    return ""


def _draw_outcome(exchange: Exchange, call: Call, destination_type: str, destination: str) -> str:
    if destination_type == "SIP_USER" and not exchange.free_sip_users([destination], besides=call):
        return "busy"
    if exchange.rng.random() < exchange.options.answered_share:
        return "answered"
    return exchange.rng.choices(list(_FAILURE_WEIGHTS), weights=list(_FAILURE_WEIGHTS.values()))[0]


def _draw_seconds(exchange: Exchange, outcome: str) -> float:
    if outcome == "no_answer":
        return exchange.options.no_answer_seconds
    if outcome in ("busy", "failed"):
        return exchange.rng.uniform(*_BUSY_TONE_SECONDS)
    return exchange.rng.uniform(exchange.options.ring_seconds_min, exchange.options.ring_seconds_max)
