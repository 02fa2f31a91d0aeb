"""Runs of the state machine: no promise is broken. The full measure takes every step of the table."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proofs.figures import IS_FULL, how_many, report
from tests.proofs.machine.machine import TransferMachine
from tests.proofs.machine.run import STEPS
from transfers.models import User

RUNS = how_many(usual=40, full=5000)


def test_no_run_breaks_a_promise(committed_db: None, ada: User, ben: User, sue: User) -> None:
    TransferMachine.people = [ada, ben, sue]
    TransferMachine.counted.clear()

    run_state_machine_as_test(
        TransferMachine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=40,
            deadline=None,
            derandomize=not IS_FULL,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    counted = TransferMachine.counted
    taken = {step for step in STEPS if counted[" > ".join(step)]}
    report(
        f"state machine: {counted['runs']} runs, {counted['acts']} acts, {counted['transfers']} transfers,"
        f" {counted['requests']} requests, {len(taken)} of {len(STEPS)} steps of the table taken: 0 promises broken"
    )
    assert len(taken) >= how_many(usual=9, full=len(STEPS))
    assert counted["runs"] >= RUNS
