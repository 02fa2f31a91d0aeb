import logging

import pytest

from tenios_dashboard.log_filter import LeaveOutRoutineTasks


def record(name: str, level: int, message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord(name, level, "x.py", 1, message, args, None)


@pytest.mark.parametrize(
    ("name", "message", "task"),
    [
        ("celery.beat", "Scheduler: Sending due task %s (report-alive)", "transfers.tasks.report_alive"),
        ("celery.worker.strategy", "Task %s[0a] received", "transfers.tasks.report_alive"),
        ("celery.app.trace", "Task %s[0a] succeeded in 0.01s: None", "transfers.tasks.count_metrics"),
    ],
)
def test_a_routine_task_that_succeeds_is_left_out(name: str, message: str, task: str) -> None:
    assert not LeaveOutRoutineTasks().filter(record(name, logging.INFO, message, task))


@pytest.mark.parametrize(
    ("name", "level", "message"),
    [
        (
            "celery.app.trace",
            logging.ERROR,
            "Task transfers.tasks.report_alive[0a] raised OperationalError",
        ),
        ("celery.worker.strategy", logging.INFO, "Task transfers.tasks.execute_transfer[0a] received"),
        ("celery.beat", logging.INFO, "Scheduler: Sending due task settle-outcomes (transfers.tasks.settle_outcomes)"),
        ("transfers.tasks", logging.INFO, "transfers.tasks.report_alive"),
    ],
)
def test_all_other_records_stay(name: str, level: int, message: str) -> None:
    assert LeaveOutRoutineTasks().filter(record(name, level, message))
