"""Leaves routine tasks that run every few seconds out of the log, so that it shows transfers."""

import logging

ROUTINE_TASKS = (
    "transfers.tasks.report_alive",
    "transfers.tasks.count_metrics",
    "transfers.tasks.fetch_sip_users",
    "transfers.tasks.ask_who_is_available",
)
CELERY_LOGGERS = ("celery.beat", "celery.worker.strategy", "celery.app.trace")


class LeaveOutRoutineTasks(logging.Filter):
    """Drops the records that such a task was sent, received and finished. Warnings and errors stay."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether to keep `record`."""
        if record.levelno > logging.INFO or record.name not in CELERY_LOGGERS:
            return True
        return not any(task in record.getMessage() for task in ROUTINE_TASKS)
