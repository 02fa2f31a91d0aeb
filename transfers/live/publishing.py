"""Says that a call changed, or how the system fares: one short message on a Redis stream, never the thing itself.

Redis carries ids only, no number and no name; whoever reads renders the present truth from the database. Nobody waits
for Redis here. What it did not take is made good: as soon as it answers again, all boards are told to fetch anew.
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
"""About how many messages a reconnecting board can catch up on; a longer gap is a fresh page."""

OPERATION_SECONDS = 0.25
PAGE_WAITS_SECONDS = 0.3
"""A little more, so that a page whose question has failed finds Redis left alone, and asks nothing else."""

_client = redis.Redis.from_url(
    settings.REDIS_URL,
    socket_timeout=OPERATION_SECONDS,
    socket_connect_timeout=OPERATION_SECONDS,
    decode_responses=True,
)


def publish_on_commit(*, call_id: int, user_ids: Iterable[int | None] = ()) -> None:
    """After the running transaction's commit, tell all boards that this call changed.

    `user_ids` are the people whose own call card shows it. A Redis that is away costs nothing but a line in the log:
    what was committed stays committed.
    """
    users = ",".join(str(user_id) for user_id in sorted({user_id for user_id in user_ids if user_id is not None}))
    transaction.on_commit(lambda: _publish({"call": call_id, "users": users}), robust=True)


def publish_system_on_commit() -> None:
    """After the running transaction's commit, tell all boards that how the system fares has changed."""
    transaction.on_commit(lambda: _publish({"call": "", "users": "", "part": "system"}), robust=True)


def request_resync() -> None:
    """Make every open board fetch its parts anew, as soon as Redis takes that: something may have gone untold.

    A process says so when it starts: its forerunner may have died between a commit and the message of it.
    """
    redis_queue.queue.retry_until_done(_publish_resync)


def last_message_id() -> str:
    """Return the id of the newest message, `0-0` before the first, or an empty text while Redis is away.

    Takes 0.3 s at most; a board that gets the empty text fetches its parts anew once it is live.
    """
    return redis_queue.queue.ask(_read_newest_id, seconds=PAGE_WAITS_SECONDS, default="")


def _publish(message: Mapping[str, str | int]) -> None:
    def skip() -> None:
        what = f"call {message['call']}" if message["call"] else "the system"
        logger.warning("live update of %s not published; boards will fetch anew", what)
        request_resync()

    redis_queue.queue.submit(lambda: _add(message), on_failure=skip)


def _publish_resync() -> None:
    _add({"call": "", "users": "", "part": "resync"})


def _add(message: Mapping[str, str | int]) -> None:
    fields: dict[Any, Any] = dict(message)  # xadd's own type takes no dictionary of plain text
    _client.xadd(STREAM, fields, maxlen=KEPT_MESSAGES, approximate=True)


def _read_newest_id() -> str:
    newest = _client.xrevrange(STREAM, count=1)
    return str(newest[0][0]) if newest else "0-0"
