"""An event stream whose reader is a test."""

import asyncio

from transfers.base.asgi import Message
from transfers.live.frames import CAUGHT_UP, CUT_OFF
from transfers.live.subscription import Subscription
from transfers.live.viewers import Audience, Viewer

END = b""
"""Stands for the end of the answer."""


class HeardStream:
    """Splits what is written into frames. While `takes` is cleared, the reader is slow and no write returns."""

    def __init__(
        self,
        user_id: int = 1,
        audience: Audience | None = None,
        *,
        session_key: str = "",
        is_new: bool = False,
    ) -> None:
        viewer = Viewer(user_id, audience or Audience("en", may_transfer_any=False))
        self.subscription = Subscription(session_key, viewer, self._take)
        self.bodies: list[bytes] = []
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        self.has_begun = asyncio.Event()
        """The stream is live, or got `cut-off`."""
        self.takes = asyncio.Event()
        self.takes.set()
        if not is_new:
            self.subscription.begin()

    async def _take(self, message: Message) -> None:
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
        """Return the next frame."""
        return await asyncio.wait_for(self.frames.get(), timeout=10)

    async def next_change(self) -> bytes:
        """Return the next frame that is not `caught-up`."""
        while (frame := await self.next_frame()) == CAUGHT_UP:
            pass
        return frame

    async def read_until(self, part: bytes) -> list[bytes]:
        """Return all frames up to the first that contains `part`."""
        frames = [await self.next_frame()]
        while part not in frames[-1]:
            frames.append(await self.next_frame())
        return frames

    async def all_frames(self) -> list[bytes]:
        """Return all frames until the end of the answer."""
        frames = []
        while (frame := await self.next_frame()) != END:
            frames.append(frame)
        return frames
