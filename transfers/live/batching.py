"""Batches concurrent lookups: requests that arrive during a query share the next one."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

from transfers.live.background import BackgroundTasks

K = TypeVar("K")
V = TypeVar("V")


class BatchedLookup(Generic[K, V]):
    """One lookup at a time for all keys that wait. Lives in one event loop.

    An answer is never older than its request: a request that arrives during a lookup waits for the next one.
    """

    def __init__(self, look_up: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._look_up = look_up
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._background = BackgroundTasks()

    async def ask(self, key: K) -> V | None:
        """Return the value of this key, None where there is none. An error of the lookup is raised to all who wait."""
        answer = self._waiting.get(key) or self._waiting.setdefault(key, asyncio.get_running_loop().create_future())
        self._background.start(self._answer_all)
        # Several requests may share this answer; cancelling one of them must not cancel it for the others.
        return await asyncio.shield(answer)

    async def _answer_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, {}
            try:
                values = await self._look_up(list(batch))
            except Exception as error:
                for answer in batch.values():
                    answer.set_exception(error)
            else:
                for key, answer in batch.items():
                    answer.set_result(values.get(key))
