"""The checker of `make chaos` finds broken promises about what is sent, and nothing where they were kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scripts.chaos.checker import check
from scripts.chaos.final_state import FinalState, TransferRow
from scripts.chaos.history import Fault, Submission
from tests.scripts.chaos.building import (
    ANSWERED,
    REQUEST,
    START,
    SUBMISSION,
    UNKNOWN,
    UNMOVED,
    make_history,
    make_row,
    promises_broken,
)


def test_two_requests_for_one_transfer_are_found() -> None:
    final_state = FinalState(rows=[ANSWERED], requests=[REQUEST, UNMOVED])

    assert promises_broken(make_history(ANSWERED), final_state) == {"doubled"}


def test_two_transfers_of_one_form_are_found() -> None:
    second = replace(make_row("requested", "cancelled", transfer_id=2, seconds=60), request_key="form-1")
    final_state = FinalState(rows=[ANSWERED, second], requests=[REQUEST])

    assert promises_broken(make_history(ANSWERED), final_state) == {"doubled"}


def test_request_without_a_transfer_is_found() -> None:
    final_state = FinalState(rows=[ANSWERED], requests=[REQUEST, replace(REQUEST, call_uuid="call-2")])

    assert promises_broken(make_history(ANSWERED), final_state) == {"doubled"}


@pytest.mark.parametrize(
    ("first", "seconds"),
    [
        (UNKNOWN, 60),
        (make_row("requested", "sending", "accepted"), 11),
        (make_row("requested", "sending", "accepted"), 1),
    ],
    ids=["unknown", "just accepted", "still sending"],
)
def test_second_transfer_while_the_first_is_open_is_found(first: TransferRow, seconds: float) -> None:
    second = make_row("requested", "sending", "accepted", transfer_id=2, seconds=seconds)
    submissions = [SUBMISSION, replace(SUBMISSION, destination=second.destination, request_key="form-2", transfer_id=2)]
    requests = [replace(REQUEST, behaviour="http_500_acted"), replace(REQUEST, destination=second.destination)]

    broken = promises_broken(
        make_history(first, submissions=submissions), FinalState(rows=[first, second], requests=requests)
    )

    assert broken == {"torn away"}


def test_answered_call_may_be_transferred_again() -> None:
    second = make_row("requested", "sending", "accepted", transfer_id=2, seconds=5)
    submissions = [SUBMISSION, replace(SUBMISSION, destination=second.destination, request_key="form-2", transfer_id=2)]
    requests = [REQUEST, replace(REQUEST, destination=second.destination)]

    assert (
        check(make_history(ANSWERED, submissions=submissions), FinalState(rows=[ANSWERED, second], requests=requests))
        == []
    )


@pytest.mark.parametrize("state", ["requested", "sending"])
def test_transfer_that_never_ends_is_found(state: str) -> None:
    row = make_row(*("requested", "sending")[: 1 + (state == "sending")])

    assert promises_broken(make_history(row), FinalState(rows=[row], requests=[])) == {"lost"}


@pytest.mark.parametrize(
    "submission",
    [
        replace(SUBMISSION, transfer_id=None),
        replace(SUBMISSION, transfer_id=7),
        replace(SUBMISSION, destination="+4922147101999"),
        replace(SUBMISSION, status=409, transfer_id=None),
    ],
    ids=["names none", "names another", "another destination", "refused"],
)
def test_answer_to_a_form_that_contradicts_the_rows_is_found(submission: Submission) -> None:
    history = make_history(ANSWERED, submissions=[submission])

    assert promises_broken(history, FinalState(rows=[ANSWERED], requests=[REQUEST])) == {"lost"}


@pytest.mark.parametrize(("obstacle", "status"), [("stopped", 409), ("", 409)])
def test_form_may_be_accepted_after_it_was_refused(obstacle: str, status: int) -> None:
    refused = replace(SUBMISSION, started_at=-2.0, ended_at=-1.9, status=status, transfer_id=None, obstacle=obstacle)
    history = make_history(ANSWERED, submissions=[refused, SUBMISSION])

    assert check(history, FinalState(rows=[ANSWERED], requests=[REQUEST])) == []


@pytest.mark.parametrize("status", [409, 503])
def test_refused_form_that_made_a_transfer_is_found(status: int) -> None:
    refused = replace(SUBMISSION, started_at=-0.1, ended_at=0.1, status=status, transfer_id=None, obstacle="stopped")
    history = make_history(ANSWERED, submissions=[refused])
    history.add(Fault(target="database_away", kind="stop", started_at=0, ended_at=0.05))

    assert promises_broken(history, FinalState(rows=[ANSWERED], requests=[REQUEST])) == {"lost"}


def test_transfer_that_nobody_requested_is_found() -> None:
    history = make_history(ANSWERED, submissions=[])

    assert promises_broken(history, FinalState(rows=[ANSWERED], requests=[REQUEST])) == {"lost"}


def test_accepted_form_without_a_row_is_found() -> None:
    history = make_history(ANSWERED)

    assert promises_broken(history, FinalState(rows=[], requests=[])) == {"lost"}


@pytest.mark.parametrize(("stopped_at", "is_found"), [(-1.0, True), (0.9, False), (3.0, False)])
def test_request_sent_while_sending_was_stopped_is_found(stopped_at: float, is_found: bool) -> None:
    stop = (START + timedelta(seconds=stopped_at), START + timedelta(seconds=9))
    final_state = FinalState(rows=[ANSWERED], requests=[REQUEST], stops=[stop])

    assert promises_broken(make_history(ANSWERED), final_state) == ({"sent while stopped"} if is_found else set())
