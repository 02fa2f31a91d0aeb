"""The checker of `make chaos` finds wrong, needless and late outcomes, and nothing where the promises were kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scripts.chaos.checker import RunRecord, check
from scripts.chaos.final_state import FinalState, LedgerRequest, TransferRow
from scripts.chaos.history import Fault
from tests.scripts.chaos.building import (
    ANSWERED,
    LEG,
    REQUEST,
    START,
    SUBMISSION,
    UNKNOWN,
    UNMOVED,
    make_history,
    make_row,
    promises_broken,
)


@pytest.mark.parametrize(
    ("row", "requests"),
    [
        (ANSWERED, [REQUEST]),
        (make_row("requested", "sending", "accepted", "not_answered"), [REQUEST]),
        (make_row("requested", "sending", "accepted"), [replace(UNMOVED, behaviour="accepted_not_acted")]),
        (make_row("requested", "sending", "rejected"), [replace(UNMOVED, behaviour="http_404")]),
        (make_row("requested", "sending", "not_sent"), []),
        (make_row("requested", "expired"), []),
        (make_row("requested", "cancelled"), []),
        (UNKNOWN, [replace(REQUEST, behaviour="drop_acted")]),
        (UNKNOWN, [replace(UNMOVED, behaviour="http_500")]),
        (
            make_row("requested", "sending", "unknown", "accepted", "answered"),
            [replace(REQUEST, behaviour="drop_acted")],
        ),
        (make_row("requested", "sending", "unknown", "not_executed"), [replace(UNMOVED, behaviour="drop")]),
    ],
    ids=lambda given: given.state if isinstance(given, TransferRow) else "",
)
def test_states_that_agree_with_the_ledger_break_no_promise(row: TransferRow, requests: list[LedgerRequest]) -> None:
    final_state = FinalState(rows=[row], requests=requests)

    assert check(make_history(row), final_state) == []


@pytest.mark.parametrize(
    ("row", "requests"),
    [
        (make_row("requested", "expired"), [UNMOVED]),
        (make_row("requested", "cancelled"), [REQUEST]),
        (make_row("requested", "sending", "not_sent"), [REQUEST]),
        (make_row("requested", "sending", "rejected"), [REQUEST]),
        (make_row("requested", "sending", "rejected"), []),
        (make_row("requested", "sending", "accepted"), [UNMOVED]),
        (make_row("requested", "sending", "accepted"), []),
        (make_row("requested", "sending", "accepted", "answered"), [replace(UNMOVED, behaviour="accepted_not_acted")]),
        (make_row("requested", "sending", "unknown", "not_executed"), [replace(REQUEST, behaviour="drop_acted")]),
        (make_row("requested", "sending", "unknown", "accepted"), [replace(UNMOVED, behaviour="drop")]),
    ],
    ids=lambda given: given.state if isinstance(given, TransferRow) else "",
)
def test_state_that_contradicts_the_ledger_is_found(row: TransferRow, requests: list[LedgerRequest]) -> None:
    [violation] = check(make_history(row), FinalState(rows=[row], requests=requests))

    assert (violation.promise, violation.transfer_id) == ("wrong verdict", 1)


@pytest.mark.parametrize(("state", "was_answered"), [("answered", False), ("not_answered", True)])
def test_outcome_that_contradicts_the_call_record_is_found(state: str, was_answered: bool) -> None:
    row = make_row("requested", "sending", "accepted", state)
    final_state = FinalState(rows=[row], requests=[REQUEST], was_answered={LEG: was_answered})

    assert promises_broken(make_history(row), final_state) == {"wrong verdict"}


@pytest.mark.parametrize(
    ("target", "from_second", "is_excused"),
    [
        ("worker", 2, True),
        ("sweeper.2", 2, True),
        ("tenios", 0, True),
        ("database_away", 9, True),
        ("redis", 2, False),
        ("worker", 30, False),
    ],
)
def test_unknown_after_a_clear_answer_needs_a_fault_of_the_sender(
    target: str, from_second: float, is_excused: bool
) -> None:
    history = make_history(UNKNOWN)
    history.add(Fault(target=target, kind="freeze", started_at=from_second, ended_at=from_second + 1))

    broken = promises_broken(history, FinalState(rows=[UNKNOWN], requests=[REQUEST]))

    assert broken == (set() if is_excused else {"needless unknown"})


@pytest.mark.parametrize(
    ("reported_at", "pauses", "is_late"),
    [
        (14.9, [], False),
        (15.1, [], True),
        (18.0, [("sweeper", 2, 6)], False),
        (18.0, [("sweeper", 2, 4), ("database", 3, 4)], True),
        (18.0, [("worker", 2, 14)], True),
        (18.0, [("sweeper", 30, 40)], True),
    ],
)
def test_outcome_after_more_than_15_counted_seconds_is_found(
    reported_at: float, pauses: list[tuple[str, float, float]], is_late: bool
) -> None:
    history = make_history(ANSWERED, reported_at=reported_at)
    for target, begin, end in pauses:
        history.add(Fault(target=target, kind="freeze", started_at=begin, ended_at=end))

    broken = promises_broken(history, FinalState(rows=[ANSWERED], requests=[REQUEST]))

    assert broken == ({"late"} if is_late else set())


def test_fault_of_one_sweeper_does_not_pause_the_clock_while_another_works() -> None:
    history = make_history(ANSWERED, reported_at=18.0)
    history.add(Fault(target="sweeper", kind="freeze", started_at=2, ended_at=8))
    history.add(Fault(target="sweeper.2", kind="freeze", started_at=6, ended_at=12))

    final_state = FinalState(rows=[ANSWERED], requests=[REQUEST], sweepers=("sweeper", "sweeper.2"))

    assert promises_broken(history, final_state) == {"late"}
    assert promises_broken(history, replace(final_state, sweepers=("sweeper",))) == set()


def test_clock_starts_with_the_submission_that_created_the_transfer() -> None:
    row = replace(ANSWERED, requested_at=START + timedelta(seconds=1))
    unanswered = replace(SUBMISSION, started_at=0.9, ended_at=3.0, status=None, transfer_id=None)
    again = replace(SUBMISSION, started_at=4.0, ended_at=4.1)
    history = make_history(row, reported_at=16.0, submissions=[unanswered, again])

    assert RunRecord(history, FinalState(rows=[row], requests=[REQUEST])).clicked_at(row) == 0.9
