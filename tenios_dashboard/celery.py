"""The Celery application: workers send due transfers at once, and beat starts what is due from time to time."""

import logging
import os
from typing import Any

from celery import Celery
from celery.app.utils import Settings
from celery.signals import celeryd_after_setup, celeryd_init
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenios_dashboard.settings")

logger = logging.getLogger(__name__)

app = Celery("transferdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def _set_worker_timeouts(conf: Settings, **_: object) -> None:
    """Give a worker longer timeouts for Redis; those in the settings are short because a request waits for them."""
    conf.broker_transport_options = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0}


MOST_WAITING_MESSAGES = 100
"""More messages wait only after a time without a worker. Most of them are then heartbeats that nobody needs."""


@celeryd_after_setup.connect
def _purge_queue_at_start(**_: object) -> None:
    try:
        with app.connection_for_read() as connection:
            purge_long_queue(connection, app.conf.task_default_queue)
    except Exception as error:  # Redis may be away: Celery itself retries until it is back
        logger.warning("queue not checked at the start of the worker: %s", error.__class__.__name__)


def purge_long_queue(connection: Connection, queue: str) -> int:
    """Purge a queue with more than `MOST_WAITING_MESSAGES` messages; return how many were purged.

    Each old message would cost the worker some milliseconds while new ones wait behind it. No transfer is lost: the
    queue is the database, and the sweeper sends what is due.
    """
    channel: Any = connection.channel()  # Any: the channel of the Redis transport has more methods than its type
    waiting = int(channel.queue_declare(queue=queue).message_count)
    if waiting <= MOST_WAITING_MESSAGES:
        return 0
    logger.warning("purged %s stale messages", waiting)
    return int(channel.queue_purge(queue))
