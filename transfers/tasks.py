"""The doors through which Celery workers come in, and the bell that calls them."""

import logging
import threading
from collections.abc import Callable
from functools import wraps

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from transfers.base import redis_queue
from transfers.calls import ghosts
from transfers.directory import sip_users
from transfers.directory.files import importing
from transfers.lifecycle import deadlines, execution, outcomes
from transfers.live import publishing
from transfers.operations import heartbeats, metrics
from transfers.operations.heartbeats import Part

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def execute_transfer(transfer_id: int) -> None:
    """Send one due transfer. Delivered twice, late, or never: the claim in the database decides what happens."""
    execution.execute_transfer(transfer_id, actor="worker")


def one_at_a_time(task: Callable[[], None]) -> Callable[[], None]:
    """Leave out a periodic task that this process still runs: its other threads are there to send transfers.

    For tasks without a lease in the database, which would do as much for all processes.
    """
    is_running = threading.Lock()

    @wraps(task)
    def run() -> None:
        if is_running.acquire(blocking=False):
            try:
                task()
            finally:
                is_running.release()

    return run


@shared_task(ignore_result=True)
@one_at_a_time
def settle_outcomes() -> None:
    """Ask TENIOS' call records what became of transfers whose end is not known yet."""
    if settings.TENIOS_ACCESS_KEY:
        outcomes.settle_from_call_records(client=execution.make_client())


@shared_task(ignore_result=True)
@one_at_a_time
def end_ghost_calls() -> None:
    """Ask TENIOS' call records about live calls that nothing was heard of for long, and end those that are over."""
    if settings.TENIOS_ACCESS_KEY:
        ghosts.end_ghost_calls(client=execution.make_client())


@shared_task(ignore_result=True)
def fetch_sip_users() -> None:
    """Fetch TENIOS' list of SIP users if somebody asked or it is time; what it says is only kept, for a person."""
    if settings.TENIOS_ACCESS_KEY:
        sip_users.fetch_if_wanted(client=execution.make_client())


@shared_task(ignore_result=True)
def ask_who_is_available() -> None:
    """Ask TENIOS about a few agents behind SIP users of the directory. Who does not answer soon is asked later."""
    if settings.TENIOS_ACCESS_KEY:
        sip_users.ask_who_is_available(client=execution.make_client(deadline_seconds=2.0))


@shared_task(ignore_result=True)
def report_alive() -> None:
    """Give the worker's sign of life: that this runs proves that a worker takes tasks and reaches the database.

    And close what is overdue: a sweeper that hangs must not delay the truth.
    """
    heartbeats.record_heartbeat(Part.WORKER)
    deadlines.close_overdue(actor="worker")


@shared_task(ignore_result=True)
def count_metrics() -> None:
    """Bring the totals of `/metrics` up to the newest audit entry; several at once count nothing twice."""
    metrics.count_new_entries()


@shared_task(ignore_result=True)
def forget_old_imports() -> None:
    """Delete what was uploaded for the directory and neither applied nor discarded for a day."""
    importing.forget_old_imports()


def enqueue_sip_user_fetch() -> None:
    """Tell a worker that a fetch of the SIP users is wished for; returns at once. The wish stands in the database."""
    redis_queue.queue.submit(
        lambda: fetch_sip_users.apply_async(),
        on_failure=lambda: logger.warning("no worker could be told of the wish for the SIP users; beat tells the next"),
    )


@worker_ready.connect
def _tell_boards_to_look_again(**_: object) -> None:
    publishing.request_resync()
