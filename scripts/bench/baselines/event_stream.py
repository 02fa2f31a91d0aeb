"""A bare ASGI event stream: one Redis subscription, one queue for each stream, nothing else."""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import redis.asyncio

CHANNEL = "bench:relay"

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_queues: set[asyncio.Queue[bytes]] = set()
_relay_tasks: list[asyncio.Task[None]] = []


async def application(
    scope: MutableMapping[str, Any], _receive: Callable[[], Awaitable[MutableMapping[str, Any]]], send: Send
) -> None:
    """Stream at /stream what is published on the channel; answer any other path with an empty 200."""
    if scope["type"] != "http":
        return
    is_stream = scope["path"] == "/stream"
    kind = b"text/event-stream" if is_stream else b"text/plain"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": b"event: beat\ndata: {}\n\n", "more_body": is_stream})
    if is_stream:
        await _stream(send)


async def _stream(send: Send) -> None:
    if not _relay_tasks:
        _relay_tasks.append(asyncio.create_task(_relay()))
    queue: asyncio.Queue[bytes] = asyncio.Queue(256)
    _queues.add(queue)
    try:
        while True:
            await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
    finally:
        _queues.discard(queue)


async def _relay() -> None:
    client: Any = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
    subscription = client.pubsub(ignore_subscribe_messages=True)
    await subscription.subscribe(CHANNEL)
    async for message in subscription.listen():
        frame = b"data: %s\n\n" % message["data"]
        for queue in _queues:
            queue.put_nowait(frame)
