"""Compares what was said with what was done. Pure: history and evidence in, broken promises out.

Each promise is one function: those about deeds in `deeds`, those about words in `words_kept`.
"""

from collections.abc import Callable, Iterator

from scripts.chaos.case import Case, Violation
from scripts.chaos.deeds import nobody_torn_away, nothing_doubled, nothing_lost, stop_is_a_stop
from scripts.chaos.evidence import Evidence
from scripts.chaos.history import History
from scripts.chaos.words_kept import (
    audit_is_whole,
    no_wrong_verdict,
    persons_word_counts,
    screen_told_the_truth,
    told_in_time,
    unknown_has_a_cause,
)

PROMISES: tuple[Callable[[Case], Iterator[Violation]], ...] = (
    nothing_doubled,
    nobody_torn_away,
    nothing_lost,
    no_wrong_verdict,
    stop_is_a_stop,
    screen_told_the_truth,
    persons_word_counts,
    audit_is_whole,
    told_in_time,
    unknown_has_a_cause,
)
"""In the order in which breaking them hurts the caller."""


def check(history: History, evidence: Evidence) -> list[Violation]:
    """Return every broken promise, the gravest first."""
    case = Case(history, evidence)
    return [violation for promise in PROMISES for violation in promise(case)]
