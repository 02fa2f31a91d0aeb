"""Tells every open stream how transfers fare: one look every 2 s and web process, and news only where it changed.

Needs no Redis: its absence is one of the things to tell. While nobody has a board open, nobody looks.
"""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping

from transfers.live.streams import Subscription

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
REPEAT_AFTER_LOOKS = 15
"""Everybody is told anew this often: a stream that was too slow lost what waited for it."""

_NOTHING = b""

RenderBars = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""Looks, and returns the bar's HTML for each of these languages, within a few seconds and without holding up the loop.

Not on the streams' own thread: when the database hangs, that one hangs with it.
"""


class HealthWatch:
    """Knows the open streams of this process and what each was told last. Lives in one event loop."""

    def __init__(self, render_bars: RenderBars, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._render_bars = render_bars
        self._look_seconds = look_seconds
        self._told: dict[Subscription, bytes] = {}
        self._frames: dict[str, bytes] = {}
        self._looking: asyncio.Task[None] | None = None

    def add(self, subscription: Subscription) -> None:
        """Tell a new stream what was seen last, at once if somebody has looked, and from now on what changes."""
        self._told[subscription] = _NOTHING
        self._tell(subscription)
        if self._looking is None or self._looking.done():
            # An empty context: the looks must not hold on to the request that happened to come first.
            self._looking = asyncio.create_task(self._keep_looking(), context=contextvars.Context())

    def discard(self, subscription: Subscription) -> None:
        """Forget a stream."""
        self._told.pop(subscription, None)

    async def _keep_looking(self) -> None:
        looks = 0
        while self._told:
            try:
                await self._look()
            except Exception:
                logger.exception("it could not be seen how transfers fare")
            looks += 1
            if looks % REPEAT_AFTER_LOOKS == 0:
                self._told = dict.fromkeys(self._told, _NOTHING)
            await asyncio.sleep(self._look_seconds)
        # Whoever comes after a time without looks must not be told what was true before it.
        self._frames.clear()

    async def _look(self) -> None:
        languages = {subscription.audience.language for subscription in self._told}
        bars = await self._render_bars(languages)
        self._frames = {language: _frame(html) for language, html in bars.items()}
        for subscription in list(self._told):
            self._tell(subscription)

    def _tell(self, subscription: Subscription) -> None:
        frame = self._frames.get(subscription.audience.language)
        if frame is not None and self._told[subscription] != frame:
            self._told[subscription] = frame
            subscription.offer(frame)


def _frame(html: str) -> bytes:
    lines = "\n".join(f"data: {line}" for line in html.splitlines() if line.strip())
    return f"event: health\n{lines}\n\n".encode()
