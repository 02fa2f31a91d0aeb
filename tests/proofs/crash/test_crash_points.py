"""SIGKILL at each named point between click and recorded answer: the result is what the design promises."""

import random
from dataclasses import dataclass

import pytest

from tests.proofs.crash.stage import KILLED, Stage, assert_log_tells_it_all
from tests.proofs.figures import how_many, report
from transfers.models import Transfer

CRASHES = how_many(usual=10, full=50)


@dataclass(frozen=True)
class Left:
    """The result of a crash: state and number of requests, at once and after the sweeper ran."""

    state: str
    requests: int
    state_after_sweep: str
    requests_after_sweep: int


TABLE = {
    "pre_claim": Left("requested", 0, "accepted", 1),
    "post_claim": Left("sending", 0, "unknown", 0),
    "mid_request": Left("sending", 1, "unknown", 1),
    "post_response": Left("sending", 1, "unknown", 1),
    "post_record": Left("accepted", 1, "accepted", 1),
}
MOVED_OR_NOT = ("slow", "slow_acts_late", "slow_not_acted")


def crash(stage: Stage, point: str, number: int) -> Transfer:
    """Crash a process. Return the transfer that it was sending."""
    if point == "mid_request":
        transfer = stage.request(answer=MOVED_OR_NOT[number % 3], seconds=0.2)
        moment = random.Random(number).uniform(0, 0.1)
        assert stage.send_in_a_process_that_is_killed(transfer, after_seconds=moment) == KILLED
    else:
        transfer = stage.request()
        assert stage.send_in_a_process_that_dies(transfer, crash_at=point) == KILLED
    return transfer


def state_and_requests(stage: Stage, transfer: Transfer) -> tuple[str, int]:
    transfer.refresh_from_db()
    return transfer.state, stage.requests_for(transfer)


@pytest.mark.parametrize("point", TABLE)
def test_a_process_killed_at_a_named_point_leaves_what_the_table_says(stage: Stage, point: str) -> None:
    left, transfers = TABLE[point], []

    for number in range(CRASHES):
        transfer = crash(stage, point, number)
        transfers.append(transfer)
        assert state_and_requests(stage, transfer) == (left.state, left.requests)
        stage.let_time_pass([transfer], seconds=1.1 if left.state == "requested" else 8.1)
        stage.sweep()
        stage.sweep()
        stage.deliver_again(transfer, times=3)
        assert state_and_requests(stage, transfer) == (left.state_after_sweep, left.requests_after_sweep)

    assert_log_tells_it_all(transfers)
    report(f"{CRASHES} SIGKILLs at {point}: each {left.requests_after_sweep} request(s) and {left.state_after_sweep}")


@pytest.mark.parametrize("point", ["mid_request", "post_response"])
def test_later_evidence_settles_a_transfer_made_unknown_by_a_crash(stage: Stage, point: str) -> None:
    transfers = [crash(stage, point, number) for number in range(6)]
    stage.let_time_pass(transfers, seconds=10.1)
    stage.sweep()

    for number, transfer in enumerate(transfers):
        if not stage.was_moved(transfer):
            stage.say_caller_is_still_here(transfer)
        elif number % 2:
            stage.post_forward(transfer)
        else:
            stage.hang_up(transfer)
    stage.read_records()

    for transfer in transfers:
        assert state_and_requests(stage, transfer) == ("answered" if stage.was_moved(transfer) else "not_executed", 1)
    assert_log_tells_it_all(transfers)
