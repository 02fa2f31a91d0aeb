import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping

import pytest
from django.db import OperationalError

from tests.heard_stream import HeardStream
from transfers.live import permissions
from transfers.live.frames import OVER
from transfers.live.permissions import PermissionWatch
from transfers.live.streams import OpenStreams
from transfers.live.subscription import MOST_WAITING
from transfers.live.viewers import Audience, Viewer

AGENT = Audience("en", may_transfer_any=False)
SUPERVISOR = Audience("en", may_transfer_any=True)
ROW = b"event: rows\ndata: <tr>\n\n"


class Sessions:
    """The open streams and the viewers of their sessions. `is_failing` makes each lookup fail."""

    def __init__(self) -> None:
        self.streams = OpenStreams()
        self.viewers: dict[str, Viewer] = {}
        self.checks: list[set[str]] = []
        self.is_failing = False

    def __call__(self, session_keys: Collection[str]) -> Mapping[str, Viewer]:
        self.checks.append(set(session_keys))
        if self.is_failing:
            raise OperationalError("database is away")
        return self.viewers


@pytest.fixture(autouse=True)
def _quick_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permissions, "CHECK_SECONDS", 0.02)
    monkeypatch.setattr(permissions, "MOST_UNCHECKED_SECONDS", 0.2)


def watch(story: Callable[[Sessions], Awaitable[None]]) -> None:
    """Run a story while a permission watch checks its streams."""
    sessions = Sessions()

    async def run() -> None:
        PermissionWatch(sessions.streams, sessions)
        await asyncio.wait_for(story(sessions), timeout=20)

    asyncio.run(run())


@contextlib.asynccontextmanager
async def opened(sessions: Sessions, session_key: str, user_id: int) -> AsyncIterator[HeardStream]:
    stream = HeardStream(user_id, AGENT, session_key=session_key)
    sessions.viewers[session_key] = Viewer(user_id, AGENT)
    sessions.streams.add(stream.subscription)
    try:
        yield stream
    finally:
        sessions.streams.remove(stream.subscription)


async def wait_for_checks(sessions: Sessions, count: int) -> None:
    goal = len(sessions.checks) + count
    while len(sessions.checks) < goal:
        await asyncio.sleep(0.005)


def test_a_stream_ends_with_its_session_and_writes_nothing_more() -> None:
    async def story(sessions: Sessions) -> None:
        async with opened(sessions, "one", 1) as ending, opened(sessions, "two", 2) as staying:
            await wait_for_checks(sessions, 2)
            assert ending.frames.empty()

            ending.takes.clear()
            ending.subscription.offer(ROW)
            await wait_for_checks(sessions, 1)
            ending.subscription.offer(b"data: a row that waits to be read\n\n")
            del sessions.viewers["one"]
            await wait_for_checks(sessions, 2)
            ending.takes.set()

            assert await ending.all_frames() == [ROW, OVER]
            assert staying.frames.empty()

    watch(story)


def test_a_stream_ends_when_the_rights_of_its_viewer_change() -> None:
    async def story(sessions: Sessions) -> None:
        async with opened(sessions, "one", 1) as stream:
            sessions.viewers["one"] = Viewer(1, SUPERVISOR)

            assert await stream.all_frames() == [OVER]

    watch(story)


def test_the_stream_of_a_slow_reader_ends_although_its_queue_overflowed() -> None:
    async def story(sessions: Sessions) -> None:
        async with opened(sessions, "one", 1) as stream:
            stream.takes.clear()
            for _ in range(1000):
                stream.subscription.offer(ROW)
            sessions.viewers.clear()
            await wait_for_checks(sessions, 2)
            stream.subscription.offer(ROW)
            stream.takes.set()

            frames = await stream.all_frames()

            assert frames.count(ROW) < MOST_WAITING
            assert frames[-1] == OVER

    watch(story)


def test_one_check_covers_all_streams_and_none_runs_while_no_stream_is_open() -> None:
    async def story(sessions: Sessions) -> None:
        async with contextlib.AsyncExitStack() as stack:
            for number in range(50):
                await stack.enter_async_context(opened(sessions, f"session {number % 10}", number % 10))
            sessions.checks.clear()
            await wait_for_checks(sessions, 3)
            assert all(len(check) == 10 for check in sessions.checks)

        await asyncio.sleep(0.1)
        sessions.checks.clear()
        await asyncio.sleep(0.1)
        assert sessions.checks == []

        async with opened(sessions, "again", 1):
            await wait_for_checks(sessions, 1)

    watch(story)


def test_streams_survive_a_short_failure_of_the_database_and_end_after_a_long_one() -> None:
    async def story(sessions: Sessions) -> None:
        async with opened(sessions, "one", 1) as stream:
            sessions.is_failing = True
            await wait_for_checks(sessions, 2)
            sessions.is_failing = False
            await wait_for_checks(sessions, 2)
            assert stream.frames.empty()

            stream.subscription.offer(ROW)
            sessions.is_failing = True

            assert await stream.all_frames() == [ROW]

    watch(story)
