"""The one reader of live messages in a web process: hands each change, rendered once per audience, to all its streams.

Whoever reads too slowly, or missed more than Redis kept, gets `resync`: the page then fetches its parts anew. While
Redis is away every stream is told `cut-off`: silence would look like calm.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import redis
from django.conf import settings

from transfers.live.frames import Message, NewsFrames, RenderRows, read_news, render_news
from transfers.live.messages import LiveMessages, is_message_id
from transfers.live.streams import BEAT, CAUGHT_UP, CUT_OFF, Subscription, one_by_one, resync

logger = logging.getLogger(__name__)

BEAT_SECONDS = 15.0
"""How often each stream shows that it lives."""
RETRY_SECONDS = 1.0


class LiveHub:
    """Fans live messages out to the streams of this process. Lives in one event loop."""

    def __init__(self, *, redis_url: str, render_rows: RenderRows) -> None:
        self._messages = LiveMessages(redis_url)
        self._render_rows = render_rows
        self._subscriptions: set[Subscription] = set()
        self._newcomers: dict[str, list[Subscription]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._has_looked = asyncio.Event()

    def subscribe(self, subscription: Subscription, *, last_id: str) -> None:
        """Let a stream continue after message `last_id`; after an empty or unknown one it begins with `resync`."""
        self._subscriptions.add(subscription)
        self._newcomers.setdefault(last_id if is_message_id(last_id) else "", []).append(subscription)
        self._keep_going(self._read)
        self._keep_going(self._catch_up)
        self._keep_going(self._beat)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Close a stream; the reader stays for the next one."""
        self._subscriptions.discard(subscription)
        subscription.close()

    @property
    def open_streams(self) -> int:
        """How many streams this process serves."""
        return len(self._subscriptions)

    async def close(self) -> None:
        """End what it does, and its connections; for a loop that ends before its process does."""
        while tasks := [task for task in self._tasks.values() if not task.done()]:
            for task in tasks:
                task.cancel()  # again and again: the client may turn a cancellation into an error of its own
            await asyncio.wait(tasks, timeout=0.1)
        await self._messages.close()

    def _keep_going(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = self._tasks.get(job.__name__)
        if task is None or task.done():
            # An empty context: it must not hold on to the request that happened to come first.
            context = contextvars.Context()
            self._tasks[job.__name__] = asyncio.get_running_loop().create_task(job(), context=context)

    async def _beat(self) -> None:
        while self._subscriptions:
            await asyncio.sleep(BEAT_SECONDS)
            async for subscription in one_by_one(self._subscriptions):
                subscription.offer(BEAT)

    async def _catch_up(self) -> None:
        """Let newcomers begin with what they missed: whoever names the same last message is served together.

        Only once it is known from where the reader reads: what came between the two would reach nobody.
        """
        await self._has_looked.wait()
        while self._newcomers:
            last_id = next(iter(self._newcomers))
            newcomers = self._newcomers.pop(last_id)
            try:
                await self._replay(last_id, newcomers)
            except redis.RedisError:
                _begin_all(newcomers, CUT_OFF)
            except Exception:
                logger.exception("what boards had missed could not be rendered")
                _begin_all(newcomers, self._resync(), CAUGHT_UP)

    async def _replay(self, last_id: str, newcomers: list[Subscription]) -> None:
        missed = await self._messages.missed_since(last_id)
        if missed:
            frames = await self._render(missed, newcomers)
            async for subscription in one_by_one(newcomers):
                subscription.begin(*frames.of(subscription), CAUGHT_UP)
        elif missed is None:
            _begin_all(newcomers, self._resync(), CAUGHT_UP)
        else:
            _begin_all(newcomers, CAUGHT_UP)

    async def _read(self) -> None:
        """Read the messages for as long as the process lives."""
        self._has_looked.clear()
        position = ""
        while True:
            try:
                if not position:
                    position = await self._messages.newest_id()
                    self._has_looked.set()
                if messages := await self._messages.next_after(position):
                    position = messages[-1][0]
                    await self._deliver(messages)
            except redis.RedisError:
                self._tell_all(CUT_OFF)
                self._has_looked.set()
                position = await self._wait_for_redis()
                self._tell_all(self._resync())
            except Exception:
                logger.exception("live updates could not be rendered")
                self._tell_all(self._resync())
                await asyncio.sleep(RETRY_SECONDS)

    async def _wait_for_redis(self) -> str:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                return await self._messages.newest_id()
            except redis.RedisError:
                self._tell_all(CUT_OFF)

    async def _deliver(self, messages: list[Message]) -> None:
        subscriptions = list(self._subscriptions)
        if subscriptions:
            frames = await self._render(messages, subscriptions)
            async for subscription in one_by_one(subscriptions):
                subscription.offer(*frames.of(subscription))

    async def _render(self, messages: list[Message], subscriptions: list[Subscription]) -> NewsFrames:
        audiences = {subscription.audience for subscription in subscriptions}
        return await render_news(read_news(messages), self._render_rows, audiences=audiences, resync=self._resync())

    def _resync(self) -> bytes:
        return resync(boards=self.open_streams)

    def _tell_all(self, frame: bytes) -> None:
        for subscription in self._subscriptions:
            subscription.offer(frame)


def _begin_all(newcomers: Iterable[Subscription], *frames: bytes) -> None:
    for subscription in newcomers:
        subscription.begin(*frames)


def make_hub(render_rows: RenderRows) -> LiveHub:
    """Return the hub of this process on the Redis of the settings."""
    return LiveHub(redis_url=settings.REDIS_URL, render_rows=render_rows)
