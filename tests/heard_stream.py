"""An event stream whose reader is a test."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from transfers.live.streams import CAUGHT_UP, CUT_OFF, Audience, Subscription

END = b""
"""Stands for the end of the answer."""


class HeardStream:
    """Frames are read one by one, however they were put together; without `takes` the reader is too slow."""

    def __init__(self, user_id: int = 1, audience: Audience | None = None, *, is_new: bool = False) -> None:
        self.subscription = Subscription(user_id, audience or Audience("en", may_transfer_any=False), self._take)
        self.bodies: list[bytes] = []
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        self.has_begun = asyncio.Event()
        """It is live, or knows why it is not."""
        self.takes = asyncio.Event()
        self.takes.set()
        if not is_new:
            self.subscription.begin()

    async def _take(self, message: MutableMapping[str, Any]) -> None:
        await self.takes.wait()
        assert message["type"] == "http.response.body"
        self.bodies.append(message["body"])
        if CAUGHT_UP in message["body"] or CUT_OFF in message["body"]:
            self.has_begun.set()
        for frame in message["body"].split(b"\n\n")[:-1]:
            self.frames.put_nowait(frame + b"\n\n")
        if not message["more_body"]:
            self.frames.put_nowait(END)

    async def next_frame(self) -> bytes:
        """Return what comes next."""
        return await asyncio.wait_for(self.frames.get(), timeout=10)

    async def next_news(self) -> bytes:
        """Return what comes next; that the stream has caught up is what most tests take for granted."""
        while (frame := await self.next_frame()) == CAUGHT_UP:
            pass
        return frame

    async def hear(self, words: bytes) -> list[bytes]:
        """Read frames until one contains these words; return all."""
        frames = [await self.next_frame()]
        while words not in frames[-1]:
            frames.append(await self.next_frame())
        return frames

    async def all_frames(self) -> list[bytes]:
        """Read until the end."""
        frames = []
        while (frame := await self.next_frame()) != END:
            frames.append(frame)
        return frames
