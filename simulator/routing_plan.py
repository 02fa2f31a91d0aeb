"""The plan of an incoming call: its steps, their pace, and the posts about them.

A plan is a generator. It changes the call, yields the seconds until its next step, and is closed when the caller hangs
up or the call is transferred. The posts have the order of page api-call-posts.
"""

from . import fiction
from .calls import SIP_USER_LEG, Call, Leg, Plan
from .exchange import Exchange


def incoming_call(exchange: Exchange, call: Call, *, is_at_once: bool) -> Plan:
    """Ring, announcement, menu, forward, talk. `is_at_once` omits the pauses, the menu and failed attempts."""
    rng = exchange.rng
    exchange.post(call, "CALL_START")
    yield 0.0 if is_at_once else rng.uniform(1, 3)
    yield from _run_blocks(exchange, call, is_at_once=is_at_once)
    if call.is_traffic and rng.random() < 0.05:
        return exchange.end_call(call, cause="NORMAL_CLEARING")
    call.state = "forwarding"
    if call.is_traffic and rng.random() < 0.2:
        yield from _miss_first_attempt(exchange, call)
    leg = exchange.start_leg(call, call_type=SIP_USER_LEG, destination=call.agent)
    exchange.post(call, "INITIATE_FORWARD", leg=leg)
    yield 0.0 if is_at_once else rng.uniform(3, 10)
    exchange.answer_leg(call, leg)
    call.state = "connected"
    post_answer(exchange, call, leg)
    return (yield from talk(exchange, call))


def _run_blocks(exchange: Exchange, call: Call, *, is_at_once: bool) -> Plan:
    rng = exchange.rng
    call.inbound.answered_at = exchange.scheduler.utc_now()
    yield 0.0 if is_at_once else rng.uniform(2, 5)
    call.state = "menu"
    exchange.post(call, "BLOCK_END", block_type="ANNOUNCEMENT")
    if not is_at_once and rng.random() < 0.6:
        yield rng.uniform(2, 6)
        call.variables["collected_menu_key"] = rng.choice("1234")
        exchange.post(call, "BLOCK_END", block_type="COLLECT_DIGITS")
    yield 0.0 if is_at_once else rng.uniform(0.5, 2)


def _miss_first_attempt(exchange: Exchange, call: Call) -> Plan:
    """Ring a free colleague first, or the agent if no colleague is free. Nobody answers."""
    free = exchange.free_sip_users(fiction.COLLEAGUES)
    first = exchange.rng.choice(free) if free else call.agent
    leg = exchange.start_leg(call, call_type=SIP_USER_LEG, destination=first)
    exchange.post(call, "INITIATE_FORWARD", leg=leg)
    yield exchange.rng.uniform(8, 15)
    exchange.end_current_leg(call, cause="NO_ANSWER")


def talk(exchange: Exchange, call: Call) -> Plan:
    """Wait for the end of the talk, then end the call with its BRIDGE block and CALL_END."""
    yield call.talk_seconds
    if not call.has_posted_end:
        exchange.post(call, "BLOCK_END", block_type="BRIDGE")
    exchange.end_call(call, cause="NORMAL_CLEARING")


def post_answer(exchange: Exchange, call: Call, leg: Leg) -> None:
    """Post that a forward was answered, with the name in the options, or not at all."""
    if exchange.options.forward_answer_type != "none":
        exchange.post(call, exchange.options.forward_answer_type, leg=leg)
