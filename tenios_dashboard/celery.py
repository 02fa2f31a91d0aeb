"""The Celery application: a doorbell for due transfers, and a clock for work that may wait."""

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
def _widen_socket_bounds(conf: Settings, **_: object) -> None:
    """Give a worker's blocking reads of Redis the time they need; the bounds in settings are those of a publisher."""
    conf.broker_transport_options = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0}


MOST_WAITING_MESSAGES = 100
"""More than this wait only after a time without a worker, and then most are signs of life that nobody heard."""


@celeryd_after_setup.connect
def _begin_without_backlog(**_: object) -> None:
    try:
        with app.connection_for_read() as connection:
            drop_backlog(connection, app.conf.task_default_queue)
    except Exception as error:  # Redis may be away: the worker waits for it by itself
        logger.warning("a starting worker could not look at its queue: %s", error.__class__.__name__)


def drop_backlog(connection: Connection, queue: str) -> int:
    """Empty a queue that is too long to be worth its reading; return how many messages went.

    Each costs a worker some milliseconds, and new ones wait behind them. What is due meanwhile the sweeper sends: the
    messages are only bells.
    """
    channel: Any = connection.channel()  # Redis' own channel knows more than the type says
    waiting = int(channel.queue_declare(queue=queue).message_count)
    if waiting <= MOST_WAITING_MESSAGES:
        return 0
    logger.warning("%s messages waited for a worker; it begins without them", waiting)
    return int(channel.queue_purge(queue))
