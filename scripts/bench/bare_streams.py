"""A bare ASGI event stream: one Redis subscription, one queue a stream, nothing else. No part of the product."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import redis.asyncio

CHANNEL = "bench:relay"

_queues: set[asyncio.Queue[bytes]] = set()
_relaying: list[asyncio.Task[None]] = []


async def _relay() -> None:
    client: Any = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
    subscription = client.pubsub(ignore_subscribe_messages=True)
    await subscription.subscribe(CHANNEL)
    async for message in subscription.listen():
        frame = b"data: %s\n\n" % message["data"]
        for queue in _queues:
            queue.put_nowait(frame)


async def application(
    scope: MutableMapping[str, Any],
    _receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Stream what is published on the channel; any other path is answered with an empty 200."""
    if scope["type"] != "http":
        return
    is_stream = scope["path"] == "/stream"
    kind = b"text/event-stream" if is_stream else b"text/plain"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": b"event: beat\ndata: {}\n\n", "more_body": is_stream})
    if not is_stream:
        return
    if not _relaying:
        _relaying.append(asyncio.create_task(_relay()))
    queue: asyncio.Queue[bytes] = asyncio.Queue(256)
    _queues.add(queue)
    try:
        while True:
            await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
    finally:
        _queues.discard(queue)
