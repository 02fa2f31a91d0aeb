"""The registry of the event streams that are open in this web process, and of the background loops that serve them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator

from transfers.live.background import BackgroundTasks, Job
from transfers.live.subscription import Subscription

STREAMS_PER_TURN = 100
"""After so many streams, a fan-out lets everything else in the process run."""


class OpenStreams:
    """All open streams. Lives in one event loop.

    The first stream starts the loops; each loop ends by itself when it finds no stream open.
    """

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._loops: list[Job] = []
        self.background = BackgroundTasks()

    def run_while_open(self, loop: Job) -> None:
        """Register a loop. It must end by itself as soon as no stream is open."""
        self._loops.append(loop)

    def add(self, subscription: Subscription) -> None:
        """Register a stream, and start the loops that do not run."""
        self._subscriptions.add(subscription)
        for loop in self._loops:
            self.background.start(loop)

    def remove(self, subscription: Subscription) -> None:
        """Forget a stream whose reader has disconnected."""
        self._subscriptions.discard(subscription)
        subscription.close()

    def offer_to_all(self, frame: bytes) -> None:
        """Add a frame to every stream."""
        for subscription in self._subscriptions:
            subscription.offer(frame)

    def __len__(self) -> int:
        return len(self._subscriptions)

    def __iter__(self) -> Iterator[Subscription]:
        """Iterate over a copy: streams may open and close meanwhile."""
        return iter(list(self._subscriptions))


async def in_turns(subscriptions: Iterable[Subscription]) -> AsyncIterator[Subscription]:
    """Yield each subscription, and let everything else in the process run from time to time."""
    for number, subscription in enumerate(subscriptions, start=1):
        yield subscription
        if number % STREAMS_PER_TURN == 0:
            await asyncio.sleep(0)
