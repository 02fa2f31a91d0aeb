"""The doors through which Celery workers come in, and the bell that calls them."""

import logging

from celery import shared_task
from django.conf import settings

from transfers import transfer_execution, transfer_outcomes

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def execute_transfer(transfer_id: int) -> None:
    """Send one due transfer. Delivered twice, late, or never: the claim in the database decides what happens."""
    transfer_execution.execute_transfer(transfer_id, actor="worker")


@shared_task(ignore_result=True)
def settle_outcomes() -> None:
    """Ask TENIOS' call records what became of transfers whose end is not known yet."""
    if settings.TENIOS_ACCESS_KEY:
        transfer_outcomes.settle_from_call_records(client=transfer_execution.make_client())


def ring_worker(transfer_id: int, *, delay_seconds: float = 0.0) -> None:
    """Tell a worker that a transfer is due in `delay_seconds`. A bell that does not ring is counted by the log, never
    raised: the row is the queue, and the sweeper finds it there.
    """
    try:
        execute_transfer.apply_async(args=(transfer_id,), countdown=delay_seconds)
    except Exception:  # whatever Redis does must not undo what the agent was told
        logger.warning("no worker could be told of transfer %s; the sweeper will send it", transfer_id)
