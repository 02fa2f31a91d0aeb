"""Says that a call changed: one short message on a Redis stream, never the call itself.

Redis carries ids only, no number and no name; whoever reads renders the present truth from the database.
"""

import logging
from collections.abc import Iterable

import redis
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

STREAM = "transferdesk:live"
KEPT_MESSAGES = 1000
"""About how many messages a reconnecting board can catch up on; a longer gap is a fresh page."""

_client = redis.Redis.from_url(
    settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3, decode_responses=True
)


def publish_on_commit(*, call_id: int, user_ids: Iterable[int | None] = ()) -> None:
    """After the running transaction's commit, tell all boards that this call changed.

    `user_ids` are the people whose own call card shows it. A Redis that is away costs at most 0.3 s and is logged:
    what was committed stays committed.
    """
    users = ",".join(str(user_id) for user_id in sorted({user_id for user_id in user_ids if user_id is not None}))
    transaction.on_commit(lambda: _publish(call_id, users), robust=True)


def _publish(call_id: int, users: str) -> None:
    try:
        _client.xadd(STREAM, {"call": call_id, "users": users}, maxlen=KEPT_MESSAGES, approximate=True)
    except redis.RedisError as error:
        logger.warning("live update of call %s not published: %s", call_id, error.__class__.__name__)


def last_message_id() -> str:
    """Return the id of the newest message, `0-0` before the first, or an empty text while Redis is away."""
    try:
        newest = _client.xrevrange(STREAM, count=1)
    except redis.RedisError:
        return ""
    return str(newest[0][0]) if newest else "0-0"
