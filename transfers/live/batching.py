"""Answers many who ask at the same time by one look for all of them."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BatchedLookup(Generic[K, V]):
    """Asks for whoever waits when the look before has ended. Lives in one event loop.

    Nobody gets an answer that was looked up before they asked.
    """

    def __init__(self, look_up: Callable[[Collection[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._look_up = look_up
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """Return what there is for this key, None where there is nothing. What the look raises is raised to all."""
        loop = asyncio.get_running_loop()
        answer = self._waiting.get(key) or self._waiting.setdefault(key, loop.create_future())
        if self._looking is None or self._looking.done():
            # An empty context: the look must not hold on to the request that happened to come first.
            self._looking = loop.create_task(self._keep_looking(), context=contextvars.Context())
        # Several may wait for one answer: who is cancelled must not take it from the others.
        return await asyncio.shield(answer)

    async def _keep_looking(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                found = await self._look_up(list(asked))
            except Exception as error:
                for answer in asked.values():
                    answer.set_exception(error)
            else:
                for key, answer in asked.items():
                    answer.set_result(found.get(key))
