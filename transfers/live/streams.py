"""One open event stream: whose it is, and what waits to be written to it.

A stream costs memory for as long as a board is open, so it holds little: no task and no queue of its own. What it is
offered is written at once; what comes before it has begun, or during an earlier write, waits, and that is bounded.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from transfers.base.asgi import Send

MOST_WAITING = 256
"""Frames that wait for a slow reader; one more, and it gets `resync` instead of all of them."""
MOST_TOGETHER = 16
"""Frames in one write. Waiting frames are shared by all streams, a write of several is each stream's own."""
WRITTEN_AT_ONCE = 100
"""So many streams are written to, then everything else in the process gets its turn."""

BEAT = b"event: beat\ndata: {}\n\n"
CUT_OFF = b"event: cut-off\ndata: {}\n\n"
SYSTEM = b"event: system\ndata: {}\n\n"
OWN_CALL = b"event: own-call\ndata: {}\n\n"
CAUGHT_UP = b"event: caught-up\ndata: {}\n\n"
"""Follows what a stream had missed: from here on its board is live."""

SPREAD_MS, MOST_SPREAD_MS = 30, 15_000
"""Milliseconds for each open board, about what the server needs to answer its fetch, and for all together."""

# Shared by all writes: they must not hold on to the request in which one happened to begin.
_NO_CONTEXT = contextvars.Context()


def resync(*, boards: int) -> bytes:
    """Return the frame after which so many pages fetch their parts anew: within how many milliseconds, it says."""
    return b"event: resync\ndata: %d\n\n" % min(MOST_SPREAD_MS, boards * SPREAD_MS)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whoever sees the same row: same language, same right to transfer any call."""

    language: str
    may_transfer_any: bool


class Subscription:
    """One open stream. Lives in one event loop."""

    __slots__ = ("_has_begun", "_is_over", "_send", "_waiting", "_writing", "audience", "user_id")

    def __init__(self, user_id: int, audience: Audience, send: Send) -> None:
        self.user_id = user_id
        self.audience = audience
        self._send = send
        self._waiting: list[bytes] = []
        self._writing: asyncio.Task[None] | None = None
        self._has_begun = False
        self._is_over = False

    def begin(self, *first_frames: bytes) -> None:
        """Begin with what the stream had missed; then comes what was offered meanwhile, and from now on at once."""
        if not self._is_over:
            waiting, self._waiting, self._has_begun = self._waiting, [], True
            self.offer(*first_frames, *waiting)

    def offer(self, *frames: bytes) -> None:
        """Add frames; when too many wait they are all replaced by `resync`. After the end nothing is taken any more."""
        if self._is_over:
            return
        self._waiting.extend(frames)
        if len(self._waiting) > MOST_WAITING:
            self._waiting = [resync(boards=1)]
        if self._has_begun and self._waiting:
            self._start_writing()

    def end(self, *last_frames: bytes) -> None:
        """Let the stream end with these frames instead of what still waits."""
        if not self._is_over:
            self._waiting = list(last_frames)
            self._is_over = True
            self._start_writing()

    def close(self) -> None:
        """Write nothing more: the reader has gone."""
        self._is_over = True
        self._waiting = []
        if self._writing is not None:
            self._writing.cancel()

    def _start_writing(self) -> None:
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_waiting(), context=_NO_CONTEXT)

    async def _write_waiting(self) -> None:
        try:
            while self._waiting:
                frames, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                # One frame stays the same bytes for all streams.
                body = frames[0] if len(frames) == 1 else b"".join(frames)
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
            if self._is_over:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._writing = None


async def one_by_one(subscriptions: Iterable[Subscription]) -> AsyncIterator[Subscription]:
    """Yield those that are there now, with turns for everything else in between."""
    for number, subscription in enumerate(list(subscriptions), start=1):
        yield subscription
        if number % WRITTEN_AT_ONCE == 0:
            await asyncio.sleep(0)
