import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from transfers.live.batching import BatchedLookup


class Looks:
    """Knows the length of every word but "unknown"; a look lasts until the test lets it end."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.is_failing = False

    async def __call__(self, words: Collection[str]) -> Mapping[str, int]:
        self.asked.append(list(words))
        await self.may_end.wait()
        if self.is_failing:
            raise LookupError("as told")
        return {word: len(word) for word in words if word != "unknown"}


def tell(story: Callable[[BatchedLookup[str, int], Looks], Awaitable[None]]) -> None:
    async def run() -> None:
        looks = Looks()
        await asyncio.wait_for(story(BatchedLookup(looks), looks), timeout=20)

    asyncio.run(run())


def test_those_who_ask_at_the_same_time_are_answered_by_one_look() -> None:
    async def story(lengths: BatchedLookup[str, int], looks: Looks) -> None:
        answers = await asyncio.gather(*(lengths.ask(word) for word in ("one", "three", "three", "unknown")))

        assert answers == [3, 5, 5, None]
        assert looks.asked == [["one", "three", "unknown"]]

    tell(story)


def test_who_asks_during_a_look_is_answered_by_the_next() -> None:
    async def story(lengths: BatchedLookup[str, int], looks: Looks) -> None:
        looks.may_end.clear()
        first = asyncio.create_task(lengths.ask("one"))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(lengths.ask(word)) for word in ("one", "three")]
        await asyncio.sleep(0.01)
        looks.may_end.set()

        assert [await first, *[await other for other in others]] == [3, 3, 5]
        assert looks.asked == [["one"], ["one", "three"]]

    tell(story)


def test_a_look_that_fails_fails_for_all_and_the_next_one_works() -> None:
    async def story(lengths: BatchedLookup[str, int], looks: Looks) -> None:
        looks.is_failing = True
        answers = await asyncio.gather(lengths.ask("one"), lengths.ask("three"), return_exceptions=True)
        assert [type(answer) for answer in answers] == [LookupError, LookupError]

        looks.is_failing = False

        assert await lengths.ask("one") == 3

    tell(story)


def test_who_gives_up_does_not_take_the_answer_from_the_others() -> None:
    async def story(lengths: BatchedLookup[str, int], looks: Looks) -> None:
        looks.may_end.clear()
        leaving, staying = (asyncio.create_task(lengths.ask("one")) for _ in range(2))
        await asyncio.sleep(0.01)
        leaving.cancel()
        looks.may_end.set()

        assert await staying == 3
        with pytest.raises(asyncio.CancelledError):
            await leaving

    tell(story)
