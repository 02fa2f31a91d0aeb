"""The doors through which Celery workers come in, and the bell that calls them."""

import logging

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from transfers import (
    ghost_calls,
    heartbeats,
    live_updates,
    metrics,
    redis_patience,
    transfer_execution,
    transfer_outcomes,
    transfer_reaper,
)
from transfers.heartbeats import Part

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


@shared_task(ignore_result=True)
def end_ghost_calls() -> None:
    """Ask TENIOS' call records about live calls that nothing was heard of for long, and end those that are over."""
    if settings.TENIOS_ACCESS_KEY:
        ghost_calls.end_ghost_calls(client=transfer_execution.make_client())


@shared_task(ignore_result=True)
def report_alive() -> None:
    """Give the worker's sign of life: that this runs proves that a worker takes tasks and reaches the database.

    And close what is overdue: a sweeper that hangs must not delay the truth.
    """
    heartbeats.beat(Part.WORKER)
    transfer_reaper.close_overdue(actor="worker")


@shared_task(ignore_result=True)
def count_metrics() -> None:
    """Bring the totals of `/metrics` up to the newest audit entry; several at once count nothing twice."""
    metrics.count_new_entries()


def ring_worker(transfer_id: int, *, delay_seconds: float = 0.0) -> None:
    """Tell a worker that a transfer is due in `delay_seconds`; returns at once. A bell that does not ring is counted by
    the log, never raised: the row is the queue, and the sweeper finds it there.
    """
    redis_patience.line.hand_over(
        lambda: execute_transfer.apply_async(args=(transfer_id,), countdown=delay_seconds),
        otherwise=lambda: logger.warning(
            "no worker could be told of transfer %s; the sweeper will send it", transfer_id
        ),
    )


@worker_ready.connect
def _tell_boards_to_look_again(**_: object) -> None:
    live_updates.tell_boards_to_look_again()
