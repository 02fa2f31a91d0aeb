"""Publishes on a Redis stream that a call or the state of the system changed, never the data itself.

A message contains ids only, no number and no name; the reader renders what the database says at that moment. Publishing
never waits for Redis. A message that Redis did not take is made up for by `resync`: all boards then fetch anew.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

from transfers.base import redis_queue

logger = logging.getLogger(__name__)

STREAM = "transferdesk:live"
KEPT_MESSAGES = 1000
"""About how many messages a reconnecting board can catch up on; after a longer gap it gets `resync`."""

OPERATION_SECONDS = 0.25
PAGE_WAITS_SECONDS = 0.3
"""Longer than an operation, so that a page whose read timed out finds the queue paused and asks Redis nothing else."""

_client = redis.Redis.from_url(
    settings.REDIS_URL,
    socket_timeout=OPERATION_SECONDS,
    socket_connect_timeout=OPERATION_SECONDS,
    decode_responses=True,
)


def publish_on_commit(*, call_id: int, user_ids: Iterable[int | None] = ()) -> None:
    """Publish after the commit of the current transaction that this call changed.

    `user_ids` are the users whose own call card shows the call. A failure is logged, never raised: the commit is made.
    """
    users = ",".join(str(user_id) for user_id in sorted({user_id for user_id in user_ids if user_id is not None}))
    transaction.on_commit(lambda: _publish({"call": call_id, "users": users}), robust=True)


def publish_system_on_commit() -> None:
    """Publish after the commit of the current transaction that the state of the system changed."""
    transaction.on_commit(lambda: _publish({"call": "", "users": "", "part": "system"}), robust=True)


def request_resync() -> None:
    """Make every open board fetch its parts anew, as soon as Redis takes the message: a change may not be published.

    Each process does so when it starts, because the one before it may have died between a commit and its message.
    """
    redis_queue.queue.retry_until_done(_publish_resync)


def last_message_id() -> str:
    """Return the id of the newest message, `0-0` before the first, or an empty text while Redis is away.

    Takes 0.3 s at most. A board that begins with the empty text fetches its parts anew once it is live.
    """
    return redis_queue.queue.ask(_read_newest_id, seconds=PAGE_WAITS_SECONDS, default="")


def _publish(message: Mapping[str, str | int]) -> None:
    def skip() -> None:
        subject = f"call {message['call']}" if message["call"] else "the system"
        logger.warning("live update of %s not published; boards will fetch anew", subject)
        request_resync()

    redis_queue.queue.submit(lambda: _add(message), on_failure=skip)


def _publish_resync() -> None:
    _add({"call": "", "users": "", "part": "resync"})


def _add(message: Mapping[str, str | int]) -> None:
    fields: dict[Any, Any] = dict(message)  # the type of xadd does not accept a dictionary of plain text
    _client.xadd(STREAM, fields, maxlen=KEPT_MESSAGES, approximate=True)


def _read_newest_id() -> str:
    newest = _client.xrevrange(STREAM, count=1)
    return str(newest[0][0]) if newest else "0-0"
