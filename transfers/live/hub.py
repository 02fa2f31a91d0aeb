"""Reads the live messages of Redis once per web process, and sends each change to all of its streams.

A stream that is too slow, or missed more than Redis keeps, gets `resync`: its page then fetches its parts anew. While
Redis is away every stream gets `cut-off`, because silence would look as if nothing happened.
"""

import asyncio
import logging
from collections.abc import Collection

import redis

from transfers.live.frames import (
    CAUGHT_UP,
    CUT_OFF,
    HEARTBEAT,
    ChangeFrames,
    RenderRows,
    read_changes,
    render_changes,
    resync,
)
from transfers.live.messages import LiveMessages, Message, is_message_id
from transfers.live.streams import OpenStreams, in_turns
from transfers.live.subscription import Subscription

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
RETRY_SECONDS = 1.0


class LiveHub:
    """The fan-out of live messages to the open streams. Lives in one event loop."""

    def __init__(self, streams: OpenStreams, *, redis_url: str, render_rows: RenderRows) -> None:
        self._streams = streams
        self._messages = LiveMessages(redis_url)
        self._render_rows = render_rows
        self._newcomers: dict[str, list[Subscription]] = {}
        self._position = ""
        self._is_reading = asyncio.Event()
        streams.run_while_open(self._read_messages)
        streams.run_while_open(self._send_heartbeats)

    def catch_up(self, subscription: Subscription, *, last_id: str) -> None:
        """Begin a new stream with what came after message `last_id`; an empty or unknown id means `resync`."""
        self._newcomers.setdefault(last_id if is_message_id(last_id) else "", []).append(subscription)
        self._streams.background.start(self._catch_up)

    async def close(self) -> None:
        """Close the connections to Redis."""
        await self._messages.close()

    async def _send_heartbeats(self) -> None:
        while self._streams:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            async for subscription in in_turns(self._streams):
                subscription.offer(HEARTBEAT)

    async def _catch_up(self) -> None:
        """Begin the newcomers; those with the same last message are served together.

        Only once the position of the reader is known: messages between the catch-up and that position would be lost.
        """
        await self._is_reading.wait()
        while self._newcomers:
            last_id = next(iter(self._newcomers))
            newcomers = self._newcomers.pop(last_id)
            try:
                await self._replay(last_id, newcomers)
            except redis.RedisError:
                _begin_all(newcomers, CUT_OFF)
            except Exception:
                logger.exception("missed live updates could not be rendered")
                _begin_all(newcomers, self._resync(), CAUGHT_UP)

    async def _replay(self, last_id: str, newcomers: Collection[Subscription]) -> None:
        missed = await self._messages.missed_since(last_id)
        if missed:
            frames = await self._render(missed, newcomers)
            async for subscription in in_turns(newcomers):
                subscription.begin(*frames.of(subscription.viewer), CAUGHT_UP)
        elif missed is None:
            _begin_all(newcomers, self._resync(), CAUGHT_UP)
        else:
            _begin_all(newcomers, CAUGHT_UP)

    async def _read_messages(self) -> None:
        self._position = ""
        while self._streams:
            try:
                await self._deliver_next()
            except redis.RedisError:
                await self._wait_for_redis()
            except Exception:
                logger.exception("live updates could not be rendered")
                self._streams.offer_to_all(self._resync())
                await asyncio.sleep(RETRY_SECONDS)
        self._is_reading.clear()

    async def _deliver_next(self) -> None:
        if not self._position:
            self._position = await self._messages.newest_id()
            self._is_reading.set()
        if messages := await self._messages.next_after(self._position):
            # Before rendering: messages that cannot be rendered must not be tried again and again.
            self._position = messages[-1][0]
            await self._deliver(messages)

    async def _wait_for_redis(self) -> None:
        self._streams.offer_to_all(CUT_OFF)
        self._is_reading.set()  # newcomers need not wait: their own attempt fails, and they get `cut-off` at once
        while self._streams:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                self._position = await self._messages.newest_id()
            except redis.RedisError:
                self._streams.offer_to_all(CUT_OFF)
            else:
                self._streams.offer_to_all(self._resync())
                return

    async def _deliver(self, messages: list[Message]) -> None:
        if subscriptions := list(self._streams):
            frames = await self._render(messages, subscriptions)
            async for subscription in in_turns(subscriptions):
                subscription.offer(*frames.of(subscription.viewer))

    async def _render(self, messages: list[Message], subscriptions: Collection[Subscription]) -> ChangeFrames:
        audiences = {subscription.viewer.audience for subscription in subscriptions}
        changes = read_changes(messages)
        return await render_changes(changes, self._render_rows, audiences=audiences, resync=self._resync())

    def _resync(self) -> bytes:
        return resync(boards=len(self._streams))


def _begin_all(newcomers: Collection[Subscription], *frames: bytes) -> None:
    for subscription in newcomers:
        subscription.begin(*frames)
