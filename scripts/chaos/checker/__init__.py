"""The checker: compares the history with the final state, and finds every broken promise. It reads nothing else.

Each promise is a function that yields its violations: `sending` has those about what is sent, `outcomes` those about
the state of a transfer, `reporting` those about pages, audit log and agents' answers. `report` describes the run.
"""

from collections.abc import Callable, Iterator

from scripts.chaos.checker.outcomes import no_wrong_verdict, reported_in_time, unknown_has_a_cause
from scripts.chaos.checker.reporting import audit_log_is_complete, caller_answers_count, pages_show_true_states
from scripts.chaos.checker.run_record import RunRecord, Violation
from scripts.chaos.checker.sending import no_second_move, nothing_doubled, nothing_lost, nothing_sent_while_stopped
from scripts.chaos.final_state import FinalState
from scripts.chaos.history import History

__all__ = ["PROMISES", "RunRecord", "Violation", "check"]

PROMISES: tuple[Callable[[RunRecord], Iterator[Violation]], ...] = (
    nothing_doubled,
    no_second_move,
    nothing_lost,
    no_wrong_verdict,
    nothing_sent_while_stopped,
    pages_show_true_states,
    caller_answers_count,
    audit_log_is_complete,
    reported_in_time,
    unknown_has_a_cause,
)
"""The promise whose violation harms the caller most comes first."""


def check(history: History, final_state: FinalState) -> list[Violation]:
    """Return every violation, in the order of the promises."""
    record = RunRecord(history, final_state)
    return [violation for promise in PROMISES for violation in promise(record)]
