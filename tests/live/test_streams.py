import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.heard_stream import END, HeardStream
from transfers.live.streams import MOST_TOGETHER, MOST_WAITING, WRITTEN_AT_ONCE, one_by_one, resync

ONE, TWO, THREE = b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"


def tell(story: Callable[[HeardStream], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(story(HeardStream()), timeout=20)

    asyncio.run(run())


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def test_a_frame_is_written_as_the_same_bytes_to_every_stream() -> None:
    async def story(stream: HeardStream) -> None:
        other = HeardStream()
        for each in (stream, other):
            each.subscription.offer(ONE)
            await each.next_frame()

        assert stream.bodies[0] is other.bodies[0] is ONE

    tell(story)


def test_what_came_during_a_write_goes_out_together_and_in_order() -> None:
    async def story(stream: HeardStream) -> None:
        stream.takes.clear()
        stream.subscription.offer(ONE)
        await turns()
        stream.subscription.offer(TWO)
        stream.subscription.offer(THREE, ONE)
        stream.takes.set()
        await turns()

        assert stream.bodies == [ONE, TWO + THREE + ONE]

    tell(story)


def test_what_comes_before_the_stream_has_begun_waits_for_what_it_begins_with() -> None:
    async def story(_stream: HeardStream) -> None:
        stream = HeardStream(is_new=True)
        stream.subscription.offer(TWO)
        await turns()
        assert stream.bodies == []

        stream.subscription.begin(ONE)
        await turns()

        assert stream.bodies == [ONE + TWO]

    tell(story)


def test_a_slow_reader_is_written_a_bounded_part_of_what_waits_at_a_time() -> None:
    async def story(_stream: HeardStream) -> None:
        stream = HeardStream(is_new=True)
        stream.subscription.begin(*[ONE] * (2 * MOST_TOGETHER + 1))
        await turns()

        assert stream.bodies == [ONE * MOST_TOGETHER, ONE * MOST_TOGETHER, ONE]

    tell(story)


def test_a_stream_that_ends_before_it_has_begun_says_so_all_the_same() -> None:
    async def story(_stream: HeardStream) -> None:
        stream = HeardStream(is_new=True)
        stream.subscription.offer(TWO)
        stream.subscription.end(THREE)
        stream.subscription.begin(ONE)
        await turns()

        assert stream.bodies == [THREE, END]

    tell(story)


def test_a_silent_stream_has_no_task() -> None:
    async def story(stream: HeardStream) -> None:
        before = asyncio.all_tasks()

        stream.subscription.offer(ONE)
        during = asyncio.all_tasks()
        await stream.next_frame()
        await turns()

        assert len(during) == len(before) + 1
        assert asyncio.all_tasks() == before

    tell(story)


@pytest.mark.parametrize(
    ("waiting", "heard"),
    [(MOST_WAITING, [ONE] * (1 + MOST_WAITING)), (MOST_WAITING + 1, [ONE, resync(boards=1)])],
    ids=["as much as may wait", "one more"],
)
def test_a_slow_reader_costs_a_bounded_number_of_frames_and_then_gets_resync(waiting: int, heard: list[bytes]) -> None:
    async def story(stream: HeardStream) -> None:
        stream.takes.clear()
        stream.subscription.offer(ONE)
        await turns()
        for _ in range(waiting):
            stream.subscription.offer(ONE)
        stream.takes.set()

        assert [await stream.next_frame() for _ in heard] == heard
        assert stream.frames.empty()

    tell(story)


def test_an_ended_stream_writes_its_last_frames_instead_of_what_waits_and_then_nothing() -> None:
    async def story(stream: HeardStream) -> None:
        stream.takes.clear()
        stream.subscription.offer(ONE)
        await turns()
        stream.subscription.offer(TWO)
        stream.subscription.end(THREE)
        stream.subscription.end(ONE)
        stream.subscription.offer(ONE)
        stream.takes.set()
        await turns()

        assert stream.bodies == [ONE, THREE, END]

    tell(story)


def test_a_reader_who_has_left_is_written_nothing_more_even_in_the_middle_of_a_write() -> None:
    async def story(stream: HeardStream) -> None:
        stream.takes.clear()
        stream.subscription.offer(ONE)
        await turns()
        stream.subscription.close()
        stream.subscription.offer(TWO)
        stream.subscription.end(THREE)
        stream.takes.set()
        await turns()

        assert stream.bodies == []

    tell(story)


@pytest.mark.parametrize(("boards", "spread"), [(1, 30), (100, 3_000), (5_000, 15_000)])
def test_the_more_boards_fetch_anew_the_longer_they_share_it_out(boards: int, spread: int) -> None:
    assert resync(boards=boards) == b"event: resync\ndata: %d\n\n" % spread


def test_everything_else_gets_its_turn_while_thousands_are_told() -> None:
    async def story(stream: HeardStream) -> None:
        turns_of_others = 0

        async def count_turns() -> None:
            nonlocal turns_of_others
            while True:
                turns_of_others += 1
                await asyncio.sleep(0)

        others = asyncio.create_task(count_turns())
        told = [each async for each in one_by_one([stream.subscription] * 5 * WRITTEN_AT_ONCE)]
        others.cancel()

        assert len(told) == 5 * WRITTEN_AT_ONCE
        assert turns_of_others == 5

    tell(story)
