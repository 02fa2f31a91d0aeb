"""Promises about what is sent: nothing twice, no second move, nothing lost, nothing while sending is stopped."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from scripts.chaos.checker.run_record import RunRecord, Violation
from scripts.chaos.final_state import UNDER_WAY, TransferRow
from scripts.chaos.history import Submission

_BLOCKS_AFTER_ACCEPTANCE = timedelta(seconds=10)
_CLOCK_GRAIN = timedelta(milliseconds=5)
_CLAIMED_BEFORE_THE_STOP = timedelta(seconds=1)


def nothing_doubled(record: RunRecord) -> Iterator[Violation]:
    """A transfer is requested once at most, a form makes one transfer, and every request belongs to a transfer."""
    for row in record.final_state.rows:
        count = len(record.requests_of(row))
        if count > 1 or row.attempt > 1:
            yield Violation("doubled", row.transfer_id, f"{count} requests reached TENIOS, {row.attempt} attempts")
    for rows in record.rows_of_form.values():
        if len(rows) > 1:
            yield Violation("doubled", rows[1].transfer_id, f"one form made {len(rows)} transfers")
    known = {(row.call_uuid, row.destination) for row in record.final_state.rows}
    for request in record.final_state.requests:
        if (request.call_uuid, request.destination) not in known:
            yield Violation("doubled", None, f"TENIOS was asked to move {request.call_uuid}, and no transfer says so")


def no_second_move(record: RunRecord) -> Iterator[Violation]:
    """No transfer moves a call while the previous one is open, or was accepted less than 10 s before."""
    for rows in record.rows_of_call.values():
        moved = [row for row in rows if record.has_moved(row)]
        for first, second in pairwise(moved):
            state, since = first.step_at(second.requested_at + _CLOCK_GRAIN) or ("not there", second.requested_at)
            is_ringing = state == "accepted" and second.requested_at - since < _BLOCKS_AFTER_ACCEPTANCE
            if is_ringing or state in ("requested", "sending", "unknown"):
                yield Violation("torn away", second.transfer_id, f"asked for while {first.transfer_id} was {state}")


def nothing_lost(record: RunRecord) -> Iterator[Violation]:
    """An accepted form has a transfer that ends (`unknown` is an end), a refused form has none."""
    for submission in record.history.submissions:
        yield from _lost_submission(record, submission)
    for row in record.final_state.rows:
        if row.request_key not in record.submissions_of_form:
            yield Violation("lost", row.transfer_id, "nobody asked for this transfer")
        if row.state in UNDER_WAY:
            yield Violation("lost", row.transfer_id, f"still {row.state} at the end of the run")


def _lost_submission(record: RunRecord, submission: Submission) -> Iterator[Violation]:
    if submission.is_accepted:
        row = record.rows.get(submission.transfer_id or 0)
        if row is None or (row.request_key, row.call_uuid) != (submission.request_key, submission.call_uuid):
            finding = f"answered {submission.status}, and there is no such transfer"
            yield Violation("lost", submission.transfer_id, finding)
        elif row.destination != submission.destination:
            finding = f"asked for {submission.destination}, recorded {row.destination}"
            yield Violation("lost", submission.transfer_id, finding)
    elif submission.obstacle or (submission.status is not None and submission.status < 500):
        reason = f"{submission.status} {submission.obstacle}".strip()
        for row in record.rows_of_form.get(submission.request_key, []):
            if _was_created_despite_refusal(record, row, submission):
                yield Violation("lost", row.transfer_id, f"{submission.user} was refused ({reason}), and it was stored")


def _was_created_despite_refusal(record: RunRecord, row: TransferRow, refused: Submission) -> bool:
    """Return whether the form's transfer existed when the form was refused; the same form may be accepted later.

    While sending is stopped or paused, another submission of the form may be accepted during the refused one.
    """
    created_at = record.history.monotonic(row.requested_at)
    if created_at < refused.started_at or not refused.obstacle:
        return created_at <= refused.ended_at
    accepted = [submission for submission in record.submissions_of_form[row.request_key] if submission.is_accepted]
    is_by_another = any(
        submission.started_at < refused.ended_at and refused.started_at < submission.ended_at for submission in accepted
    )
    return created_at <= refused.ended_at and not is_by_another


def nothing_sent_while_stopped(record: RunRecord) -> Iterator[Violation]:
    """After TENIOS refused the key nothing is sent, except what was claimed within the second of the refusal."""
    for row in record.final_state.rows:
        claimed_at = next((at for state, at in row.steps if state == "sending"), None)
        for start, end in record.final_state.stops if claimed_at and record.requests_of(row) else []:
            if claimed_at and start + _CLAIMED_BEFORE_THE_STOP < claimed_at < end:
                late = (claimed_at - start).total_seconds()
                yield Violation("sent while stopped", row.transfer_id, f"{late:.1f} s after sending had stopped")
