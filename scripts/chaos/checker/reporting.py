"""Promises about what people see: pages, error pages, the effect of an agent's answer, the audit log."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from scripts.chaos.checker.run_record import RunRecord, Violation
from scripts.chaos.final_state import UNDER_WAY, TransferRow
from scripts.chaos.history import DisplayedState, Submission

FAULTS_THAT_EXCUSE = {
    None: frozenset({"web"}),
    503: frozenset({"database_away", "database", "web", "worker", "sweeper", "machine"}),
}
"""Status of a form's answer -> the targets whose faults excuse it. None: no answer at all.

503 is the page that says that the database does not answer: it is away, or locked by a fault or by a frozen process.
No other error page is ever excused.
"""

PERSON = "person"
"""Who has resolved a transfer (`resolved_by`) that was settled by the answer of an agent."""

LEASE_SECONDS = 8.0
"""From the claim until a page may call the outcome unknown."""

_CLOCK_GRAIN = 0.05


def pages_show_true_states(record: RunRecord) -> Iterator[Violation]:
    """A page shows only states that the transfer really had, and no error while the database can be reached."""
    for displayed in record.history.displayed_states:
        row = record.rows.get(displayed.transfer_id or 0)
        rows = [row] if row else record.rows_of_call.get(displayed.call_uuid, [])
        if not any(_is_true(record, row, displayed) for row in rows):
            finding = f"{displayed.page} of {displayed.user} showed {displayed.state}"
            finding += f": {[row.audited_states for row in rows]}"
            yield Violation("false screen", displayed.transfer_id, finding)
    for submission in record.history.submissions:
        if _is_failure(submission) and not _is_excused(record, submission):
            finding = f"{submission.user} got {submission.status} for a transfer form"
            yield Violation("false screen", submission.transfer_id, finding)


def _is_true(record: RunRecord, row: TransferRow, displayed: DisplayedState) -> bool:
    return displayed.state in ("requested", *row.states) or _has_lease_ended(record, row, displayed)


def _has_lease_ended(record: RunRecord, row: TransferRow, displayed: DisplayedState) -> bool:
    """Return whether a page may show "unknown" before it is stored: the lease is over and nothing is recorded."""
    if displayed.state != "unknown" or row.sent_at is None:
        return False
    if displayed.at < record.history.monotonic(row.sent_at) + LEASE_SECONDS:
        return False
    after_sending = [at for (state, _at), (_next, at) in pairwise(row.steps) if state == "sending"]
    return all((at - row.sent_at).total_seconds() >= LEASE_SECONDS - _CLOCK_GRAIN for at in after_sending)


def _is_failure(submission: Submission) -> bool:
    return submission.status is None or submission.status >= 500


def _is_excused(record: RunRecord, submission: Submission) -> bool:
    targets = FAULTS_THAT_EXCUSE.get(submission.status, frozenset())
    return record.has_fault(targets, submission.started_at, submission.ended_at)


def caller_answers_count(record: RunRecord) -> Iterator[Violation]:
    """An accepted answer of an agent settles an unknown outcome, and only an answer that was given counts as one."""
    for answer in record.history.caller_answers:
        row = record.rows.get(answer.transfer_id)
        if answer.was_accepted and (row is None or row.state in ("unknown", *UNDER_WAY)):
            finding = f"{answer.user} was told it is settled, and it is not"
            yield Violation("word", answer.transfer_id, finding)
    for row in record.final_state.rows:
        if row.resolved_by == PERSON and row.transfer_id not in record.caller_answers_of:
            yield Violation("word", row.transfer_id, f"{row.state} by the word of a person, and nobody said it")


def audit_log_is_complete(record: RunRecord) -> Iterator[Violation]:
    """`manage.py audit_verify` finds nothing; the entries of a transfer end with its state and send it once at most."""
    if record.final_state.audit_exit_code != 0:
        yield Violation("audit", None, record.final_state.audit_report.strip()[-500:])
    for row in record.final_state.rows:
        audited = row.audited_states
        if audited[-1:] != (row.state,) or Counter(audited)["sending"] > 1:
            yield Violation("audit", row.transfer_id, f"the row says {row.state}, the trail {audited}")
