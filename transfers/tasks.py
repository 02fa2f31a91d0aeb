"""The Celery tasks, each a thin call into a room of the product, and what enqueues the fetch of SIP users."""

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
    """Send one due transfer. The task may be delivered twice, late or never: the claim in the database decides."""
    execution.execute_transfer(transfer_id, actor="worker")


def one_at_a_time(task: Callable[[], None]) -> Callable[[], None]:
    """Skip a periodic task that this process still runs, so that its other threads stay free to send transfers.

    For tasks without a lease in the database; a lease does the same for all processes.
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
    """Read TENIOS' call records for transfers whose outcome is not known yet."""
    if settings.TENIOS_ACCESS_KEY:
        outcomes.settle_from_call_records(client=execution.make_client())


@shared_task(ignore_result=True)
@one_at_a_time
def end_ghost_calls() -> None:
    """Read TENIOS' call records for live calls without events for a long time, and end those that are over."""
    if settings.TENIOS_ACCESS_KEY:
        ghosts.end_ghost_calls(client=execution.make_client())


@shared_task(ignore_result=True)
def fetch_sip_users() -> None:
    """Fetch TENIOS' list of SIP users if a person requested it or it is due. A person decides what to apply."""
    if settings.TENIOS_ACCESS_KEY:
        sip_users.fetch_if_wanted(client=execution.make_client())


@shared_task(ignore_result=True)
def ask_who_is_available() -> None:
    """Query TENIOS for the availability of a few SIP users of the directory, with a short timeout and a later retry."""
    if settings.TENIOS_ACCESS_KEY:
        sip_users.ask_who_is_available(client=execution.make_client(deadline_seconds=2.0))


@shared_task(ignore_result=True)
def report_alive() -> None:
    """Send the worker's heartbeat: if this runs, a worker takes tasks and reaches the database.

    Then close what is overdue, so that a sweeper that hangs does not delay it.
    """
    heartbeats.record_heartbeat(Part.WORKER)
    deadlines.close_overdue(actor="worker")


@shared_task(ignore_result=True)
def count_metrics() -> None:
    """Bring the totals of `/metrics` up to the newest audit entry. Two runs at once count no entry twice."""
    metrics.count_new_entries()


@shared_task(ignore_result=True)
def forget_old_imports() -> None:
    """Delete uploaded directory files that were neither applied nor discarded within a day."""
    importing.forget_old_imports()


def enqueue_sip_user_fetch() -> None:
    """Enqueue a fetch of the SIP users that the database already says is requested; returns at once."""
    redis_queue.queue.submit(
        lambda: fetch_sip_users.apply_async(),
        on_failure=lambda: logger.warning("enqueue failed: fetch of SIP users; Celery beat enqueues the next one"),
    )


@worker_ready.connect
def _resync_boards(**_: object) -> None:
    publishing.request_resync()
