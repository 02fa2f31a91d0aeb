import asyncio
import contextvars

import pytest

from tests.heard_stream import HeardStream
from transfers.live.frames import resync
from transfers.live.streams import STREAMS_PER_TURN, OpenStreams, in_turns

request_of = contextvars.ContextVar[str]("request_of", default="nobody")


class Loop:
    """A background loop of a registry: counts its starts, and records in whose context it runs."""

    def __init__(self, streams: OpenStreams) -> None:
        self.starts = 0
        self.contexts: list[str] = []
        self._streams = streams

    async def run(self) -> None:
        self.starts += 1
        self.contexts.append(request_of.get())
        while self._streams:
            await asyncio.sleep(0)


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def test_a_loop_runs_once_from_the_first_stream_to_the_last() -> None:
    async def story() -> None:
        streams, one, other = OpenStreams(), HeardStream(), HeardStream()
        loop = Loop(streams)
        streams.run_while_open(loop.run)
        await turns()
        assert loop.starts == 0

        streams.add(one.subscription)
        streams.add(other.subscription)
        streams.remove(one.subscription)
        await turns()
        assert (loop.starts, len(asyncio.all_tasks())) == (1, 2)

        streams.remove(other.subscription)
        await turns()
        assert len(asyncio.all_tasks()) == 1

        streams.add(HeardStream().subscription)
        await turns()
        assert loop.starts == 2

    asyncio.run(story())


def test_a_loop_keeps_nothing_of_the_request_that_started_it() -> None:
    async def story() -> None:
        streams = OpenStreams()
        loop = Loop(streams)
        streams.run_while_open(loop.run)

        request_of.set("ada")
        streams.add(HeardStream().subscription)
        await turns()

        assert loop.contexts == ["nobody"]

    asyncio.run(story())


def test_a_removed_stream_gets_no_frame() -> None:
    async def story() -> None:
        streams, removed, staying = OpenStreams(), HeardStream(), HeardStream()
        streams.add(removed.subscription)
        streams.add(staying.subscription)

        streams.remove(removed.subscription)
        streams.offer_to_all(b"data: 1\n\n")
        await turns()

        assert (removed.bodies, staying.bodies) == ([], [b"data: 1\n\n"])
        assert list(streams) == [staying.subscription]

    asyncio.run(story())


def test_streams_may_close_while_one_iterates_over_them() -> None:
    async def story() -> None:
        streams = OpenStreams()
        for _ in range(3):
            streams.add(HeardStream().subscription)

        for subscription in streams:
            streams.remove(subscription)

        assert not streams

    asyncio.run(story())


@pytest.mark.parametrize(("boards", "spread"), [(1, 30), (100, 3_000), (5_000, 15_000)])
def test_resync_spreads_the_requests_of_many_boards_over_a_longer_time(boards: int, spread: int) -> None:
    assert resync(boards=boards) == b"event: resync\ndata: %d\n\n" % spread


def test_other_tasks_run_during_a_fan_out_to_thousands_of_streams() -> None:
    async def story() -> None:
        turns_of_others = 0

        async def count_turns() -> None:
            nonlocal turns_of_others
            while True:
                turns_of_others += 1
                await asyncio.sleep(0)

        others = asyncio.create_task(count_turns())
        served = [each async for each in in_turns([HeardStream().subscription] * 5 * STREAMS_PER_TURN)]
        others.cancel()

        assert len(served) == 5 * STREAMS_PER_TURN
        assert turns_of_others == 5

    asyncio.run(story())
