"""Sends the health bar to every open stream: one check every 2 s and web process, and a frame only when it changed.

Needs no Redis: that Redis is away is one of the things it reports.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping

from transfers.live.frames import encode_html
from transfers.live.streams import OpenStreams
from transfers.live.subscription import Subscription

logger = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
CHECKS_PER_REPEAT = 15
"""How often the frame is sent although it has not changed: a slow stream may have lost it when its queue overflowed."""

RenderBars = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""Checks the health and returns the bar's HTML for each language, within some seconds and without blocking the loop.

It must not use the streams' thread: when the database hangs, that thread hangs as well.
"""


class HealthWatch:
    """The latest health bar of this process, in each language of its open streams. Lives in one event loop."""

    def __init__(self, streams: OpenStreams, render_bars: RenderBars, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._streams = streams
        self._render_bars = render_bars
        self._check_seconds = check_seconds
        self._checks = 0
        self._latest: dict[str, bytes] = {}
        streams.run_while_open(self._check_repeatedly)

    def offer_latest(self, subscription: Subscription) -> None:
        """Send a new stream the latest bar, if there is one in its language; the next check sends it otherwise."""
        if frame := self._latest.get(subscription.viewer.audience.language):
            subscription.offer(frame)

    async def _check_repeatedly(self) -> None:
        while self._streams:
            try:
                await self._check()
            except Exception:
                logger.exception("health check failed")
            await asyncio.sleep(self._check_seconds)
        # A stream that opens after a time without checks must not get an outdated bar.
        self._latest = {}

    async def _check(self) -> None:
        bars = await self._render_bars({stream.viewer.audience.language for stream in self._streams})
        before, self._latest = self._latest, {language: _frame(html) for language, html in bars.items()}
        is_repeat = self._checks % CHECKS_PER_REPEAT == 0
        self._checks += 1
        for subscription in self._streams:
            language = subscription.viewer.audience.language
            if is_repeat or self._latest.get(language) != before.get(language):
                self.offer_latest(subscription)


def _frame(html: str) -> bytes:
    return f"event: health\n{encode_html(html)}\n\n".encode()
