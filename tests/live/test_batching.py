import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

import pytest

from transfers.live.batching import BatchedLookup


class Lengths:
    """Looks up the length of each word but "unknown"; a lookup lasts until the test lets it end."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.is_failing = False

    async def __call__(self, words: Collection[str]) -> Mapping[str, int]:
        self.batches.append(list(words))
        await self.may_end.wait()
        if self.is_failing:
            raise LookupError("lookup failed")
        return {word: len(word) for word in words if word != "unknown"}


def run(story: Callable[[BatchedLookup[str, int], Lengths], Awaitable[None]]) -> None:
    async def run_story() -> None:
        lengths = Lengths()
        await asyncio.wait_for(story(BatchedLookup(lengths), lengths), timeout=20)

    asyncio.run(run_story())


def test_concurrent_requests_share_one_lookup() -> None:
    async def story(lookup: BatchedLookup[str, int], lengths: Lengths) -> None:
        answers = await asyncio.gather(*(lookup.ask(word) for word in ("one", "three", "three", "unknown")))

        assert answers == [3, 5, 5, None]
        assert lengths.batches == [["one", "three", "unknown"]]

    run(story)


def test_a_request_during_a_lookup_is_answered_by_the_next_one() -> None:
    async def story(lookup: BatchedLookup[str, int], lengths: Lengths) -> None:
        lengths.may_end.clear()
        first = asyncio.create_task(lookup.ask("one"))
        await asyncio.sleep(0.01)
        others = [asyncio.create_task(lookup.ask(word)) for word in ("one", "three")]
        await asyncio.sleep(0.01)
        lengths.may_end.set()

        assert [await first, *[await other for other in others]] == [3, 3, 5]
        assert lengths.batches == [["one"], ["one", "three"]]

    run(story)


def test_an_error_is_raised_to_all_requests_of_its_lookup_and_to_no_later_one() -> None:
    async def story(lookup: BatchedLookup[str, int], lengths: Lengths) -> None:
        lengths.is_failing = True
        answers = await asyncio.gather(lookup.ask("one"), lookup.ask("three"), return_exceptions=True)
        assert [type(answer) for answer in answers] == [LookupError, LookupError]

        lengths.is_failing = False

        assert await lookup.ask("one") == 3

    run(story)


def test_a_cancelled_request_does_not_cancel_the_others() -> None:
    async def story(lookup: BatchedLookup[str, int], lengths: Lengths) -> None:
        lengths.may_end.clear()
        cancelled, other = (asyncio.create_task(lookup.ask("one")) for _ in range(2))
        await asyncio.sleep(0.01)
        cancelled.cancel()
        lengths.may_end.set()

        assert await other == 3
        with pytest.raises(asyncio.CancelledError):
            await cancelled

    run(story)
