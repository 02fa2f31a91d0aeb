"""The one reader of live messages in a web process: hands each change, rendered once per audience, to all its streams.

A stream is a bounded queue of encoded frames. Whoever reads too slowly, or missed more than Redis kept, gets `resync`:
the page then fetches its parts anew. While Redis is away every stream is told `cut-off`: silence would look like calm.
"""

import asyncio
import contextvars
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
from django.conf import settings

from transfers.live_updates import KEPT_MESSAGES, STREAM
from transfers.stream_thread import run_on_stream_thread

logger = logging.getLogger(__name__)

QUEUE_FRAMES = 256
RETRY_SECONDS = 1.0
BLOCK_MILLISECONDS = 5_000

RESYNC = b"event: resync\ndata: {}\n\n"
CUT_OFF = b"event: cut-off\ndata: {}\n\n"
SYSTEM = b"event: system\ndata: {}\n\n"
CAUGHT_UP = b"event: caught-up\ndata: {}\n\n"
"""Follows what a stream had missed: from here on its board is live."""
END = b""
"""Not for the wire: after it a stream reads nothing more."""

_MESSAGE_ID = re.compile(r"\d{1,20}-\d{1,20}", re.ASCII)

Rows = Mapping[int, str]
Message = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Audience:
    """Whoever sees the same row: same language, same right to transfer any call."""

    language: str
    may_transfer_any: bool


RenderRows = Callable[[Collection[int], Collection[Audience]], Mapping[Audience, Rows]]


@dataclass(eq=False)
class Subscription:
    """One open stream: who reads it, and the frames that wait for it."""

    user_id: int
    audience: Audience
    frames: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE_FRAMES))

    def offer(self, frame: bytes) -> None:
        """Add a frame; a full queue is emptied and replaced by `resync`."""
        if self.frames.full():
            while not self.frames.empty():
                self.frames.get_nowait()
            frame = RESYNC
        self.frames.put_nowait(frame)

    def end(self, *last_frames: bytes) -> None:
        """Let the stream end with these frames instead of what still waits."""
        while not self.frames.empty():
            self.frames.get_nowait()
        for frame in (*last_frames, END):
            self.frames.put_nowait(frame)


class LiveHub:
    """Fans live messages out to the streams of this process. Lives in one event loop."""

    def __init__(self, *, redis_url: str, render_rows: RenderRows) -> None:
        # Its types describe the answers of all protocols and decodings at once.
        self._redis: Any = redis.asyncio.Redis.from_url(
            redis_url, decode_responses=True, socket_timeout=BLOCK_MILLISECONDS / 1000 + 2, socket_connect_timeout=1
        )
        self._render_rows = render_rows
        self._subscriptions: set[Subscription] = set()
        self._reader: asyncio.Task[None] | None = None
        self._has_looked = asyncio.Event()
        self._is_closed = False

    async def subscribe(self, *, user_id: int, audience: Audience, last_id: str) -> Subscription:
        """Open a stream that continues after message `last_id`; an empty or unknown one begins with `resync`.

        Whoever is cancelled while they wait leaves nothing behind.
        """
        subscription = Subscription(user_id, audience)
        self._subscriptions.add(subscription)
        try:
            await self._start_reader()
            await self._replay(subscription, last_id)
        except BaseException:
            self.unsubscribe(subscription)
            raise
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Close a stream; the reader stays for the next one."""
        self._subscriptions.discard(subscription)

    @property
    def open_streams(self) -> int:
        """How many streams this process serves."""
        return len(self._subscriptions)

    async def close(self) -> None:
        """End the reader and its connection; for a loop that ends before its process does."""
        self._is_closed = True
        while self._reader is not None and not self._reader.done():
            self._reader.cancel()  # again and again: the client may turn a cancellation into an error of its own
            await asyncio.wait([self._reader], timeout=0.1)
        await self._redis.aclose()

    async def _start_reader(self) -> None:
        """Return once the reader knows from where it reads, or has told everybody that Redis is away.

        Only then may a stream catch up: what came after catching up and before the reader would reach nobody.
        """
        if self._reader is None or self._reader.done():
            self._has_looked.clear()
            # An empty context: the reader must not hold on to the request that happened to come first.
            self._reader = asyncio.create_task(self._read(), context=contextvars.Context())
        await self._has_looked.wait()

    async def _replay(self, subscription: Subscription, last_id: str) -> None:
        try:
            missed = await self._missed_since(last_id)
        except redis.RedisError:
            subscription.offer(CUT_OFF)
            return
        if missed is None:
            subscription.offer(RESYNC)
        elif missed:
            await self._deliver(missed, [subscription])
        subscription.offer(CAUGHT_UP)

    async def _missed_since(self, last_id: str) -> list[Message] | None:
        """Return the messages after `last_id`, or None where the stream does not reach back to it."""
        if not _MESSAGE_ID.fullmatch(last_id):
            return None
        missed: list[Message] = await self._redis.xrange(STREAM, min=last_id, count=KEPT_MESSAGES * 2)
        if last_id == "0-0":
            return missed if len(missed) < KEPT_MESSAGES else None
        if not missed or missed[0][0] != last_id:
            return None
        return missed[1:]

    async def _read(self) -> None:
        """Read the stream for as long as the process lives."""
        position = "$"
        while not self._is_closed:
            try:
                if position == "$":
                    position = await self._newest_id()
                    self._has_looked.set()
                answer = await self._redis.xread({STREAM: position}, block=BLOCK_MILLISECONDS, count=200)
                for _stream, messages in answer or []:
                    position = messages[-1][0]
                    await self._deliver(messages, self._subscriptions)
            except redis.RedisError:
                self._tell_all(CUT_OFF)
                self._has_looked.set()
                position = await self._wait_for_redis()
                self._tell_all(RESYNC)
            except Exception:
                logger.exception("live updates could not be rendered")
                self._tell_all(RESYNC)
                await asyncio.sleep(RETRY_SECONDS)

    async def _wait_for_redis(self) -> str:
        while not self._is_closed:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                return await self._newest_id()
            except redis.RedisError:
                self._tell_all(CUT_OFF)
        return ""

    async def _newest_id(self) -> str:
        newest = await self._redis.xrevrange(STREAM, count=1)
        return str(newest[0][0]) if newest else "0-0"

    def _tell_all(self, frame: bytes) -> None:
        for subscription in self._subscriptions:
            subscription.offer(frame)

    async def _deliver(self, messages: list[Message], to: Iterable[Subscription]) -> None:
        """Render the changed calls once per audience, and queue the frames; repeats of one call become one row."""
        subscriptions = list(to)
        if not subscriptions:
            return
        call_ids = {int(fields["call"]) for _id, fields in messages if fields["call"]}
        is_about_system = any(fields.get("part") == "system" for _id, fields in messages)
        has_gone_untold = any(fields.get("part") == "resync" for _id, fields in messages)
        audiences = {subscription.audience for subscription in subscriptions}
        rows = await run_on_stream_thread(self._render_rows, call_ids, audiences)
        last_id = messages[-1][0]
        concerned = {int(user) for _id, fields in messages for user in fields["users"].split(",") if user}
        frames = {audience: _row_frames(rows[audience], last_id) for audience in audiences}
        for subscription in subscriptions:
            if is_about_system:
                subscription.offer(SYSTEM)
            if subscription.user_id in concerned:
                subscription.offer(b"event: own-call\ndata: {}\n\n")
            subscription.offer(frames[subscription.audience])
            if has_gone_untold:
                subscription.offer(RESYNC)


def _row_frames(rows: Rows, last_id: str) -> bytes:
    """Encode rows as one event whose id lets a reconnect continue after it (WHATWG HTML, server-sent events)."""
    lines = "\n".join(f"data: {line}" for html in rows.values() for line in html.splitlines() if line.strip())
    return f"id: {last_id}\nevent: rows\n{lines or 'data:'}\n\n".encode()


def make_hub(render_rows: RenderRows) -> LiveHub:
    """Return the hub of this process on the Redis of the settings."""
    return LiveHub(redis_url=settings.REDIS_URL, render_rows=render_rows)
