"""One open event stream: who reads it, and the frames that wait to be written to it.

A board stays open all day, so a subscription is small: no queue object, and a task only while it writes. A frame is
written at once. Frames that arrive before the stream has begun, or during a write, wait; their number is bounded.
"""

import asyncio
import contextvars

from transfers.base.asgi import Send
from transfers.live.frames import resync
from transfers.live.viewers import Viewer

MOST_WAITING = 256
"""Frames that may wait for a slow reader; one more, and `resync` replaces them all."""
MOST_PER_WRITE = 16
"""Single frames are shared by all streams; joining several makes a copy for each stream, so that is bounded as well."""

# One empty context for all writes: the context of a request would stay in memory during the write.
_EMPTY_CONTEXT = contextvars.Context()


class Subscription:
    """One open stream. Lives in one event loop."""

    __slots__ = ("_has_begun", "_is_over", "_send", "_waiting", "_writing", "session_key", "viewer")

    def __init__(self, session_key: str, viewer: Viewer, send: Send) -> None:
        self.session_key = session_key
        self.viewer = viewer
        self._send = send
        self._waiting: list[bytes] = []
        self._writing: asyncio.Task[None] | None = None
        self._has_begun = False
        self._is_over = False

    def begin(self, *first_frames: bytes) -> None:
        """Write what the stream had missed, then the frames offered meanwhile. Later frames are written at once."""
        if not self._is_over:
            waiting, self._waiting, self._has_begun = self._waiting, [], True
            self.offer(*first_frames, *waiting)

    def offer(self, *frames: bytes) -> None:
        """Add frames; if too many wait, `resync` replaces them all. After the end, frames are ignored."""
        if self._is_over:
            return
        self._waiting.extend(frames)
        if len(self._waiting) > MOST_WAITING:
            self._waiting = [resync(boards=1)]
        if self._has_begun and self._waiting:
            self._start_writing()

    def end(self, *last_frames: bytes) -> None:
        """End the stream with these frames, in place of those that still wait."""
        if not self._is_over:
            self._waiting = list(last_frames)
            self._is_over = True
            self._start_writing()

    def close(self) -> None:
        """Stop writing: the reader has disconnected."""
        self._is_over = True
        self._waiting = []
        if self._writing is not None:
            self._writing.cancel()

    def _start_writing(self) -> None:
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_waiting(), context=_EMPTY_CONTEXT)

    async def _write_waiting(self) -> None:
        try:
            while self._waiting:
                frames, self._waiting = self._waiting[:MOST_PER_WRITE], self._waiting[MOST_PER_WRITE:]
                # A single frame is not joined, so that all streams send the same bytes object.
                body = frames[0] if len(frames) == 1 else b"".join(frames)
                await self._send({"type": "http.response.body", "body": body, "more_body": True})
            if self._is_over:
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._writing = None
