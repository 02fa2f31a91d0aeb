"""Promises about what is done to a caller: once at most, never torn away, never forgotten, nothing after a stop."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from scripts.chaos.case import UNTOLD, Case, Violation
from scripts.chaos.evidence import Row
from scripts.chaos.history import Post

_HOLDS_AFTER_ACCEPTANCE = timedelta(seconds=10)
_CLOCK_GRAIN = timedelta(milliseconds=5)
_MOMENT = timedelta(seconds=1)


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
    elif post.told or (post.status is not None and post.status < 500):
        for row in rows:
            if _was_there(case, row, post):
                why = f"{post.status} {post.told}".strip()
                yield Violation("lost", row.transfer_id, f"{post.who} was told no ({why}), and it was kept")


def _was_there(case: Case, row: Row, refused: Post) -> bool:
    """Whether a form's transfer was there when the form was refused; the same form may be taken later.

    Where sending is stopped or paused, another posting of the form may be taken while the refusal is on its way.
    """
    made_at = case.history.monotonic(row.requested_at)
    if made_at < refused.started_at or not refused.told:
        return made_at <= refused.ended_at
    beside = [post for post in case.posts_of_form[row.request_key] if post.is_accepted]
    is_anothers = any(post.started_at < refused.ended_at and refused.started_at < post.ended_at for post in beside)
    return made_at <= refused.ended_at and not is_anothers


def stop_is_a_stop(case: Case) -> Iterator[Violation]:
    """After TENIOS refused the key nothing leaves, but for what was claimed in the moment of the refusal."""
    for row in case.evidence.rows:
        claimed_at = next((at for state, at in row.steps if state == "sending"), None)
        for start, end in case.evidence.stops if claimed_at and case.requests_of(row) else []:
            if claimed_at and start + _MOMENT < claimed_at < end:
                late = (claimed_at - start).total_seconds()
                yield Violation("sent while stopped", row.transfer_id, f"{late:.1f} s after sending had stopped")
