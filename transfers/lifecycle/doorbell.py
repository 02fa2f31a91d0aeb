"""Tells a worker that a transfer is due. The transfer's row is the queue, so a lost message only costs some delay.

The task is named by its text: `transfers.tasks` imports the rooms whose work it starts, so no room imports it.
"""

import logging

from celery import current_app

from transfers.base import redis_queue

logger = logging.getLogger(__name__)

EXECUTE_TRANSFER = "transfers.tasks.execute_transfer"


def enqueue_transfer(transfer_id: int, *, delay_seconds: float = 0.0) -> None:
    """Enqueue the sending of a transfer that is due in `delay_seconds`, and return at once.

    A failure is logged, never raised: the sweeper finds the transfer in the database.
    """
    redis_queue.queue.submit(
        lambda: current_app.send_task(EXECUTE_TRANSFER, args=(transfer_id,), countdown=delay_seconds),
        on_failure=lambda: logger.warning("enqueue failed for transfer %s; the sweeper will send it", transfer_id),
    )
