"""Compares what was said with what was done. Pure: history and evidence in, broken promises out.

Each promise is one function, in the order in which breaking it hurts the caller. Longer than the house likes: the
promises are one list that is read as a whole.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

from scripts.chaos.case import UNTOLD, Case, Violation
from scripts.chaos.evidence import Evidence, Request, Row
from scripts.chaos.history import History, Post

SECONDS_TO_TELL = 15.0
"""From the click until the row says how it ended, or that this is unknown."""

NEVER_LEFT = frozenset({"not_sent", "expired", "cancelled"})
NOT_MOVED = frozenset({"rejected", "not_executed"})
MOVED = frozenset({"accepted", "answered", "not_answered"})

CLEAR_ANSWERS = frozenset(
    {
        *("normal", "invalid_value", "invalid_field", "invalid_json", "call_uuid_not_found", "bad_key_403"),
        *("bad_credentials_400", "unauthorized_401", "made_up_code", "doubled_brace", "http_404", "http_429"),
        *("success_false", "success_string", "accepted_not_acted"),
    }
)
"""Behaviours of the simulator that leave no doubt about what it says; all others may end as `unknown`."""

MAKES_UNKNOWN = frozenset({"worker", "sweeper", "tenios", "database_away"})
"""Faults at which a sender may die, freeze or lose its answer. Not Redis, nor a lock of three seconds."""
_LONGEST_SEND = 9.5
_HOLDS_AFTER_ACCEPTANCE = timedelta(seconds=10)
_CLOCK_GRAIN = timedelta(milliseconds=5)


def check(history: History, evidence: Evidence) -> list[Violation]:
    """Return every broken promise, the gravest first."""
    case = Case(history, evidence)
    return [violation for promise in PROMISES for violation in promise(case)]


def nothing_doubled(case: Case) -> Iterator[Violation]:
    """One request for a transfer at most, one row for a form, none for what nobody asked for."""
    for row in case.evidence.rows:
        count = len(case.requests_of(row))
        if count > 1 or row.attempt > 1:
            yield Violation("doubled", row.transfer_id, f"{count} requests reached TENIOS, {row.attempt} attempts")
    for rows in case.rows_of_form.values():
        if len(rows) > 1:
            yield Violation("doubled", rows[1].transfer_id, f"one form made {len(rows)} transfers")
    known = {(row.call_uuid, row.destination) for row in case.evidence.rows}
    for request in case.evidence.requests:
        if (request.call_uuid, request.destination) not in known:
            yield Violation("doubled", None, f"TENIOS was asked to move {request.call_uuid}, and no transfer says so")


def nobody_torn_away(case: Case) -> Iterator[Violation]:
    """No second transfer moves a call while the first one's end is open, or its destination is just being rung."""
    for rows in case.rows_of_call.values():
        moved = [row for row in rows if any(request.acted for request in case.requests_of(row))]
        for first, second in pairwise(moved):
            state, since_at = first.step_at(second.requested_at + _CLOCK_GRAIN) or ("not there", second.requested_at)
            is_ringing = state == "accepted" and second.requested_at - since_at < _HOLDS_AFTER_ACCEPTANCE
            if is_ringing or state in ("requested", "sending", "unknown"):
                yield Violation("torn away", second.transfer_id, f"asked for while {first.transfer_id} was {state}")


def nothing_lost(case: Case) -> Iterator[Violation]:
    """Who was told "under way" has a row with an end, or `unknown`; who was told no has none."""
    for post in case.history.posts:
        yield from _lost_post(case, post)
    for row in case.evidence.rows:
        if row.request_key not in case.posts_of_form:
            yield Violation("lost", row.transfer_id, "nobody asked for this transfer")
        if row.state in UNTOLD:
            yield Violation("lost", row.transfer_id, f"still {row.state} when all was quiet again")


def _lost_post(case: Case, post: Post) -> Iterator[Violation]:
    rows = case.rows_of_form.get(post.request_key, [])
    if post.is_accepted:
        row = case.rows.get(post.transfer_id or 0)
        if row is None or (row.request_key, row.call_uuid) != (post.request_key, post.call_uuid):
            yield Violation("lost", post.transfer_id, f"told {post.status}, and there is no such transfer")
        elif row.destination != post.destination:
            yield Violation("lost", post.transfer_id, f"asked for {post.destination}, recorded {row.destination}")
    elif post.status is not None and post.status < 500:
        for row in rows:
            yield Violation("lost", row.transfer_id, f"{post.who} was told no ({post.status}), and it was kept")


def no_wrong_verdict(case: Case) -> Iterator[Violation]:
    """Every word on the way of a transfer agrees with what TENIOS really did, from the first to the last."""
    for row in case.evidence.rows:
        requests = case.requests_of(row)
        has_acted = any(request.acted for request in requests)
        for state in (*row.path, row.state) if row.path[-1:] != (row.state,) else row.path:
            if state in NEVER_LEFT and requests:
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and TENIOS was asked: {_told(requests)}")
            elif state in NOT_MOVED and has_acted:
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and the caller was moved")
            elif state == "rejected" and not requests:
                yield Violation("wrong verdict", row.transfer_id, "rejected, and TENIOS was never asked")
            elif state in MOVED and not has_acted and not _took_it_only(requests, state):
                yield Violation("wrong verdict", row.transfer_id, f"{state}, and nobody was moved: {_told(requests)}")
        yield from _wrong_end(case, row, requests)


def _took_it_only(requests: list[Request], state: str) -> bool:
    """TENIOS said yes and did nothing: `accepted` is what it said, no more."""
    return state == "accepted" and any(request.behaviour == "accepted_not_acted" for request in requests)


def _wrong_end(case: Case, row: Row, requests: list[Request]) -> Iterator[Violation]:
    ends = {case.evidence.was_answered.get(request.leg_uuid or "") for request in requests if request.acted} - {None}
    if row.state in ("answered", "not_answered") and ends and (row.state == "answered") not in ends:
        really = "answered" if True in ends else "not answered"
        yield Violation("wrong verdict", row.transfer_id, f"{row.state}, and its leg was {really}")


def unknown_has_a_cause(case: Case) -> Iterator[Violation]:
    """`unknown` only where the answer left doubt, or where a fault met the sender."""
    for row in case.evidence.rows:
        requests = case.requests_of(row)
        if "unknown" not in (*row.path, row.state) or any(one.behaviour not in CLEAR_ANSWERS for one in requests):
            continue
        sent_at = case.history.monotonic(row.sent_at) if row.sent_at else 0.0
        if not case.is_under(MAKES_UNKNOWN, sent_at - 0.5, sent_at + _LONGEST_SEND):
            yield Violation("needless unknown", row.transfer_id, f"nothing met its sender: {_told(requests)}")


def told_in_time(case: Case) -> Iterator[Violation]:
    """Settled, accepted or `unknown` within 15 s of the click; what does not count says STOPS_THE_CLOCK."""
    for row in case.evidence.rows:
        seconds = case.seconds_to_tell(row)
        if seconds is not None and seconds[1] > SECONDS_TO_TELL:
            raw, counted = seconds
            yield Violation("late", row.transfer_id, f"{row.path}: {raw:.1f} s, {counted:.1f} s of them counted")


def screen_told_the_truth(case: Case) -> Iterator[Violation]:
    """A page shows only states the transfer really had, and no server error while its database answers."""
    for sighting in case.history.sightings:
        row = case.rows.get(sighting.transfer_id or 0)
        rows = [row] if row else case.rows_of_call.get(sighting.call_uuid, [])
        if not any(sighting.state in ("requested", row.state, *row.path) for row in rows):
            shown = f"{sighting.page} of {sighting.who} showed {sighting.state}"
            yield Violation("false screen", sighting.transfer_id, f"{shown}: {[row.path for row in rows]}")
    for post in case.history.posts:
        is_failure = post.status is None or post.status >= 500
        if is_failure and not case.is_under(frozenset({"database_away"}), post.started_at, post.ended_at):
            yield Violation("false screen", post.transfer_id, f"{post.who} got {post.status} for a transfer form")


def audit_is_whole(case: Case) -> Iterator[Violation]:
    """`manage.py audit_verify` finds nothing; each trail ends where its row stands and sends once at most."""
    if case.evidence.audit_exit_code != 0:
        yield Violation("audit", None, case.evidence.audit_report.strip()[-500:])
    for row in case.evidence.rows:
        if row.path[-1:] != (row.state,) or Counter(row.path)["sending"] > 1:
            yield Violation("audit", row.transfer_id, f"the row says {row.state}, the trail {row.path}")


PROMISES: tuple[Callable[[Case], Iterator[Violation]], ...] = (
    nothing_doubled,
    nobody_torn_away,
    nothing_lost,
    no_wrong_verdict,
    screen_told_the_truth,
    audit_is_whole,
    told_in_time,
    unknown_has_a_cause,
)


def _told(requests: list[Request]) -> str:
    words = [f"{request.behaviour}{' (moved)' if request.acted else ''}" for request in requests]
    return ", ".join(words) or "nothing in the ledger"
