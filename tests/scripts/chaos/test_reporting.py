"""The checker of `make chaos` finds what people were shown wrongly, and nothing where the promises were kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from scripts.chaos.checker import RunRecord, check
from scripts.chaos.checker.report import describe_run
from scripts.chaos.final_state import FinalState, LedgerRequest, TransferRow
from scripts.chaos.history import CallerAnswer, DisplayedState, Fault
from tests.scripts.chaos.building import (
    ANSWERED,
    CALL,
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
    ("was_accepted", "row", "requests", "is_broken"),
    [
        (
            True,
            make_row("requested", "sending", "unknown", "not_executed"),
            [replace(UNMOVED, behaviour="drop")],
            False,
        ),
        (True, UNKNOWN, [replace(UNMOVED, behaviour="drop")], True),
        (False, UNKNOWN, [replace(UNMOVED, behaviour="drop")], False),
        (None, UNKNOWN, [replace(UNMOVED, behaviour="drop")], False),
        (
            True,
            make_row("requested", "sending", "unknown", "not_executed"),
            [replace(REQUEST, behaviour="slow")],
            False,
        ),
    ],
    ids=["settled", "not settled", "too early", "no page came", "overtaken by TENIOS"],
)
def test_accepted_answer_of_an_agent_settles_the_transfer(
    was_accepted: bool | None, row: TransferRow, requests: list[LedgerRequest], is_broken: bool
) -> None:
    history = make_history(row)
    history.add(
        CallerAnswer(at=11, user="ada", page="card", transfer_id=1, is_still_here=True, was_accepted=was_accepted)
    )

    broken = promises_broken(history, FinalState(rows=[row], requests=requests))

    assert broken == ({"word"} if is_broken else set())


def test_transfer_settled_by_an_answer_that_nobody_gave_is_found() -> None:
    row = replace(make_row("requested", "sending", "unknown", "not_executed"), resolved_by="person")

    broken = promises_broken(make_history(row), FinalState(rows=[row], requests=[replace(UNMOVED, behaviour="drop")]))

    assert broken == {"word"}


@pytest.mark.parametrize("transfer_id", [1, None])
def test_page_with_a_state_that_the_transfer_never_had_is_found(transfer_id: int | None) -> None:
    history = make_history(ANSWERED)
    history.add(
        DisplayedState(at=1, page="card", user="ada", state="rejected", call_uuid=CALL, transfer_id=transfer_id)
    )

    assert promises_broken(history, FinalState(rows=[ANSWERED], requests=[REQUEST])) == {"false screen"}


@pytest.mark.parametrize(
    ("seen_at", "recorded_after", "is_true"), [(9.5, 9.0, True), (8.5, 9.0, False), (9.5, 2.0, False)]
)
def test_page_may_show_unknown_when_the_lease_is_over_and_nothing_is_recorded(
    seen_at: float, recorded_after: float, is_true: bool
) -> None:
    sent_at = START + timedelta(seconds=1)
    steps = (("requested", START), ("sending", sent_at), ("accepted", sent_at + timedelta(seconds=recorded_after)))
    row = replace(make_row("requested", "sending", "accepted"), sent_at=sent_at, steps=steps)
    history = make_history(row, reported_at=12)
    history.add(DisplayedState(at=seen_at, page="card", user="ada", state="unknown", call_uuid=CALL, transfer_id=1))

    broken = promises_broken(history, FinalState(rows=[row], requests=[REQUEST]))

    assert broken == (set() if is_true else {"false screen"})


@pytest.mark.parametrize(
    ("status", "target", "is_excused"),
    [
        (503, "database_away", True),
        (503, "sweeper.2", True),
        (503, "redis", False),
        (500, "database_away", False),
        (None, "web", True),
        (None, "redis", False),
    ],
)
def test_error_page_is_found_unless_a_fault_explains_it(status: int | None, target: str, is_excused: bool) -> None:
    history = make_history(ANSWERED, submissions=[SUBMISSION, replace(SUBMISSION, status=status, transfer_id=None)])
    history.add(Fault(target=target, kind="disturb", started_at=0, ended_at=0.05))

    broken = promises_broken(history, FinalState(rows=[ANSWERED], requests=[REQUEST]))

    assert broken == (set() if is_excused else {"false screen"})


@pytest.mark.parametrize(
    "change",
    [
        lambda final_state: replace(final_state, audit_exit_code=1, audit_report="entry 7 is not as it was recorded"),
        lambda final_state: replace(final_state, rows=[replace(ANSWERED, steps=ANSWERED.steps[:-1])]),
    ],
    ids=["chain", "trail"],
)
def test_audit_log_that_does_not_agree_is_found(change: Callable[[FinalState], FinalState]) -> None:
    final_state = change(FinalState(rows=[ANSWERED], requests=[REQUEST]))

    assert promises_broken(make_history(ANSWERED), final_state) == {"audit"}


def test_report_names_the_transfer_of_each_broken_promise() -> None:
    history, final_state = make_history(ANSWERED), FinalState(rows=[ANSWERED], requests=[REQUEST, UNMOVED])

    report = describe_run(RunRecord(history, final_state), check(history, final_state), skipped=0)

    assert "transfers       1: 1 answered" in report
    assert "doubled: transfer 1: 2 requests reached TENIOS" in report
