"""Ends event streams when the right to see them ends.

One check per second and web process covers all open streams in two queries, so no stream needs a query or a database
connection of its own.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping

from transfers.live.frames import OVER
from transfers.live.streams import OpenStreams
from transfers.live.thread import run_on_stream_thread
from transfers.live.viewers import Viewer, find_viewers

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
MOST_UNCHECKED_SECONDS = 5.0
"""How long streams stay open while the database does not answer. After that nobody knows who may see them."""


class PermissionWatch:
    """Ends the streams whose viewer has changed or is signed out. Lives in one event loop."""

    def __init__(
        self,
        streams: OpenStreams,
        find_viewers: Callable[[Collection[str]], Mapping[str, Viewer]] = find_viewers,
    ) -> None:
        self._streams = streams
        self._find_viewers = find_viewers
        self._checked_at = 0.0
        streams.run_while_open(self._check_repeatedly)

    async def _check_repeatedly(self) -> None:
        self._checked_at = time.monotonic()
        while self._streams:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self._check()
            except Exception:
                logger.exception("permission check of the open streams failed")
                if time.monotonic() - self._checked_at > MOST_UNCHECKED_SECONDS:
                    self._end_all()

    async def _check(self) -> None:
        subscriptions = list(self._streams)
        session_keys = {subscription.session_key for subscription in subscriptions}
        viewers = await run_on_stream_thread(self._find_viewers, session_keys)
        for subscription in subscriptions:
            if viewers.get(subscription.session_key) != subscription.viewer:
                subscription.end(OVER)
        self._checked_at = time.monotonic()

    def _end_all(self) -> None:
        for subscription in self._streams:
            subscription.end()
