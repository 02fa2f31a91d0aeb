"""Keeps what happens every few seconds out of the logs: who looks for a transfer must not read through heartbeats."""

import logging

PULSE = (
    "transfers.tasks.report_alive",
    "transfers.tasks.count_metrics",
    "transfers.tasks.fetch_sip_users",
    "transfers.tasks.ask_who_is_available",
)
SPEAKERS = ("celery.beat", "celery.worker.strategy", "celery.app.trace")


class LeaveOutPulse(logging.Filter):
    """Leaves out that these tasks were sent, taken and done as they should be; what goes wrong is still said."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether to keep `record`."""
        if record.levelno > logging.INFO or record.name not in SPEAKERS:
            return True
        return not any(task in record.getMessage() for task in PULSE)
