"""Reads the live messages from Redis for the streams of a web process; `publishing` writes them."""

import re
from typing import Any

import redis.asyncio

from transfers.live.publishing import KEPT_MESSAGES, STREAM

BLOCK_MILLISECONDS = 5_000
MOST_PER_READ = 200

Message = tuple[str, dict[str, str]]
"""The id of a message, which grows with each, and its fields."""

_MESSAGE_ID = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)


class LiveMessages:
    """The messages, oldest first. All methods raise redis.RedisError while Redis is away."""

    def __init__(self, redis_url: str) -> None:
        # Any: the client's types describe the answers of all protocols and decodings at once.
        self._redis: Any = redis.asyncio.Redis.from_url(
            redis_url, decode_responses=True, socket_timeout=BLOCK_MILLISECONDS / 1000 + 2, socket_connect_timeout=1
        )

    async def newest_id(self) -> str:
        """Return the id of the newest message, `0-0` before the first."""
        newest = await self._redis.xrevrange(STREAM, count=1)
        return str(newest[0][0]) if newest else "0-0"

    async def next_after(self, position: str) -> list[Message]:
        """Wait up to 5 s for messages after this id; return an empty list if none came."""
        answer = await self._redis.xread({STREAM: position}, block=BLOCK_MILLISECONDS, count=MOST_PER_READ)
        return [message for _stream, messages in answer or [] for message in messages]

    async def missed_since(self, last_id: str) -> list[Message] | None:
        """Return the messages after `last_id`, or None where the stream does not reach back to it."""
        if not is_message_id(last_id):
            return None
        missed: list[Message] = await self._redis.xrange(STREAM, min=last_id, count=KEPT_MESSAGES * 2)
        if last_id == "0-0":
            return missed if len(missed) < KEPT_MESSAGES else None
        if not missed or missed[0][0] != last_id:
            return None
        return missed[1:]

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def is_message_id(text: str) -> bool:
    """Whether this has the form of a message id; a browser may send anything."""
    return _MESSAGE_ID.fullmatch(text) is not None
