import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.heard_stream import END, HeardStream
from transfers.live.frames import resync
from transfers.live.subscription import MOST_PER_WRITE, MOST_WAITING

ONE, TWO, THREE = b"data: 1\n\n", b"data: 2\n\n", b"data: 3\n\n"


def run(story: Callable[[HeardStream], Awaitable[None]]) -> None:
    async def run_story() -> None:
        await asyncio.wait_for(story(HeardStream()), timeout=20)

    asyncio.run(run_story())


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

    run(story)


def test_frames_offered_during_a_write_are_written_together_and_in_order() -> None:
    async def story(stream: HeardStream) -> None:
        stream.takes.clear()
        stream.subscription.offer(ONE)
        await turns()
        stream.subscription.offer(TWO)
        stream.subscription.offer(THREE, ONE)
        stream.takes.set()
        await turns()

        assert stream.bodies == [ONE, TWO + THREE + ONE]

    run(story)


def test_frames_offered_before_the_stream_has_begun_follow_its_first_frames() -> None:
    async def story(_stream: HeardStream) -> None:
        stream = HeardStream(is_new=True)
        stream.subscription.offer(TWO)
        await turns()
        assert stream.bodies == []

        stream.subscription.begin(ONE)
        await turns()

        assert stream.bodies == [ONE + TWO]

    run(story)


def test_one_write_joins_a_bounded_number_of_frames() -> None:
    async def story(_stream: HeardStream) -> None:
        stream = HeardStream(is_new=True)
        stream.subscription.begin(*[ONE] * (2 * MOST_PER_WRITE + 1))
        await turns()

        assert stream.bodies == [ONE * MOST_PER_WRITE, ONE * MOST_PER_WRITE, ONE]

    run(story)


def test_a_stream_that_ends_before_it_has_begun_writes_its_last_frame() -> None:
    async def story(_stream: HeardStream) -> None:
        stream = HeardStream(is_new=True)
        stream.subscription.offer(TWO)
        stream.subscription.end(THREE)
        stream.subscription.begin(ONE)
        await turns()

        assert stream.bodies == [THREE, END]

    run(story)


def test_a_silent_stream_has_no_task() -> None:
    async def story(stream: HeardStream) -> None:
        before = asyncio.all_tasks()

        stream.subscription.offer(ONE)
        during = asyncio.all_tasks()
        await stream.next_frame()
        await turns()

        assert len(during) == len(before) + 1
        assert asyncio.all_tasks() == before

    run(story)


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [(MOST_WAITING, [ONE] * (1 + MOST_WAITING)), (MOST_WAITING + 1, [ONE, resync(boards=1)])],
    ids=["as many as may wait", "one more"],
)
def test_resync_replaces_the_frames_of_a_slow_reader_when_too_many_wait(waiting: int, expected: list[bytes]) -> None:
    async def story(stream: HeardStream) -> None:
        stream.takes.clear()
        stream.subscription.offer(ONE)
        await turns()
        for _ in range(waiting):
            stream.subscription.offer(ONE)
        stream.takes.set()

        assert [await stream.next_frame() for _ in expected] == expected
        assert stream.frames.empty()

    run(story)


def test_an_ended_stream_writes_its_last_frame_in_place_of_what_waits() -> None:
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

    run(story)


def test_a_closed_stream_writes_nothing_more_even_during_a_write() -> None:
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

    run(story)
