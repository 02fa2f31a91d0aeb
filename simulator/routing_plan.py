"""The script of a call: what happens in which order, at which pace, and which posts tell of it.

A plan is a generator. It changes the world, yields the seconds until its next step, and is closed when something else
(the caller hangs up, a transfer) takes the call out of its hands. The order of posts is that of page api-call-posts.
"""

from . import fiction
from .calls import SIP_USER_LEG, Call, Leg, Plan
from .exchange import Exchange


def incoming_call(exchange: Exchange, call: Call, *, is_at_once: bool) -> Plan:
    """Ring, announcement, menu, forward, talk. `is_at_once` leaves out the pauses, the menu and all failed attempts."""
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
    """Ring a free colleague first, else the agent once more than needed; nobody answers."""
    free = exchange.free_sip_users(fiction.COLLEAGUES)
    first = exchange.rng.choice(free) if free else call.agent
    leg = exchange.start_leg(call, call_type=SIP_USER_LEG, destination=first)
    exchange.post(call, "INITIATE_FORWARD", leg=leg)
    yield exchange.rng.uniform(8, 15)
    exchange.end_current_leg(call, cause="NO_ANSWER")


def talk(exchange: Exchange, call: Call) -> Plan:
    """Let them talk, then end the call with its BRIDGE block and CALL_END."""
    yield call.talk_seconds
    if not call.has_posted_end:
        exchange.post(call, "BLOCK_END", block_type="BRIDGE")
    exchange.end_call(call, cause="NORMAL_CLEARING")


def post_answer(exchange: Exchange, call: Call, leg: Leg) -> None:
    """Post that a forward was answered, under the name that the options say, or not at all."""
    if exchange.options.forward_answer_type != "none":
        exchange.post(call, exchange.options.forward_answer_type, leg=leg)
