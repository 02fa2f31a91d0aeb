import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from pathlib import Path

import pytest
import redis

from scripts.embedded_redis import EmbeddedRedis
from tests.heard_stream import HeardStream
from transfers.live import hub as live_hub
from transfers.live import messages
from transfers.live.frames import CAUGHT_UP, CUT_OFF, HEARTBEAT, SYSTEM, Rows, resync
from transfers.live.hub import LiveHub
from transfers.live.publishing import KEPT_MESSAGES, STREAM
from transfers.live.streams import OpenStreams
from transfers.live.viewers import Audience

AGENT_EN = Audience("en", may_transfer_any=False)
SUPERVISOR_DE = Audience("de", may_transfer_any=True)
RESYNC = resync(boards=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(run_dir=tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def wire(server: EmbeddedRedis) -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        client.flushall()
        yield client


class Renderer:
    """Renders a row as one line of text, and records each rendering."""

    def __init__(self) -> None:
        self.renderings: list[tuple[set[int], set[Audience]]] = []

    def __call__(self, call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
        self.renderings.append((set(call_ids), set(audiences)))
        return {audience: {pk: f"<tr>{audience.language} {pk}</tr>" for pk in call_ids} for audience in audiences}


def fail(_call_ids: Collection[int], _audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    """Render rows that cannot be rendered."""
    raise ValueError("cannot be rendered")


def publish(wire: "redis.Redis", call: int, users: str = "") -> str:
    return str(wire.xadd(STREAM, {"call": call, "users": users}, maxlen=KEPT_MESSAGES, approximate=True))


def listen(server: EmbeddedRedis, story: Callable[[LiveHub, Renderer], Awaitable[None]]) -> None:
    """Run a story against a hub of its own in a fresh event loop."""
    renderer = Renderer()

    async def run() -> None:
        streams = OpenStreams()
        hub = LiveHub(streams, redis_url=server.url, render_rows=renderer)
        try:
            await asyncio.wait_for(story(hub, renderer), timeout=20)
        finally:
            await streams.background.cancel_all()
            await hub.close()

    asyncio.run(run())


@contextlib.asynccontextmanager
async def opened(
    hub: LiveHub, *, user_id: int = 1, audience: Audience = AGENT_EN, last_id: str = "0-0"
) -> AsyncIterator[HeardStream]:
    """Open a stream, and wait until it is live or cut off."""
    stream = HeardStream(user_id, audience, is_new=True)
    open_stream(hub, stream, last_id=last_id)
    try:
        await asyncio.wait_for(stream.has_begun.wait(), timeout=10)
        yield stream
    finally:
        hub._streams.remove(stream.subscription)


def open_stream(hub: LiveHub, stream: HeardStream, *, last_id: str) -> None:
    hub._streams.add(stream.subscription)
    hub.catch_up(stream.subscription, last_id=last_id)


def test_a_change_reaches_every_stream_in_the_language_of_its_reader(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub) as english, opened(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            last = publish(wire, 7)

            assert await english.next_change() == f"id: {last}\nevent: rows\ndata: <tr>en 7</tr>\n\n".encode()
            assert await german.next_change() == f"id: {last}\nevent: rows\ndata: <tr>de 7</tr>\n\n".encode()

    listen(server, story)


def test_a_change_is_rendered_once_per_audience_and_not_once_per_stream(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with contextlib.AsyncExitStack() as stack:
            streams = [
                await stack.enter_async_context(opened(hub, user_id=number, audience=AGENT_EN)) for number in range(20)
            ]
            publish(wire, 7)
            for stream in streams:
                await stream.next_change()

        assert renderer.renderings == [({7}, {AGENT_EN})]

    listen(server, story)


def test_a_change_of_the_system_reaches_every_stream_without_rendering(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub) as english, opened(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            last = str(wire.xadd(STREAM, {"call": "", "users": "", "part": "system"}))

            for stream in (english, german):
                assert await stream.next_change() == SYSTEM
                assert await stream.next_change() == f"id: {last}\nevent: rows\ndata:\n\n".encode()
        assert all(call_ids == set() for call_ids, _audiences in renderer.renderings)

    listen(server, story)


def test_many_messages_about_the_same_calls_are_rendered_once_per_call_and_audience(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    is_free = threading.Event()

    class SlowRenderer(Renderer):
        def __call__(self, call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
            is_free.wait(timeout=10)
            return super().__call__(call_ids, audiences)

    async def story(hub: LiveHub, _renderer: Renderer) -> None:
        slow = SlowRenderer()
        hub._render_rows = slow
        async with opened(hub) as english, opened(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            publish(wire, 0)
            await asyncio.sleep(0.2)
            last = ""
            for number in range(200):
                last = publish(wire, number % 10)
            is_free.set()
            for stream in (english, german):
                while f"id: {last}\n".encode() not in await stream.next_change():
                    pass

        both = {AGENT_EN, SUPERVISOR_DE}
        assert slow.renderings == [({0}, both), (set(range(10)), both)]

    listen(server, story)


def test_own_call_is_sent_only_to_the_user_whose_call_changed(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub, user_id=1) as mine, opened(hub, user_id=2) as other:
            publish(wire, 7, users="1,3")

            assert (await mine.next_change()).startswith(b"event: own-call")
            assert (await mine.next_change()).startswith(b"id: ")
            assert (await other.next_change()).startswith(b"id: ")

    listen(server, story)


def test_a_reconnect_gets_what_it_missed_and_nothing_twice(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)
        last = publish(wire, 3)

        async with opened(hub, last_id=seen) as stream:
            frame = await stream.next_change()

            assert frame.startswith(f"id: {last}\n".encode())
            assert b"en 2" in frame
            assert b"en 3" in frame
            assert b"en 1" not in frame

    listen(server, story)


def test_no_message_is_lost_between_catching_up_and_reading_on(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        start = publish(wire, 0)
        received: set[int] = set()

        async def keep_publishing() -> None:
            for number in range(1, 101):
                publish(wire, number)
                await asyncio.sleep(0.001)

        publishing = asyncio.create_task(keep_publishing())
        await asyncio.sleep(0.03)
        async with opened(hub, last_id=start) as stream:
            await publishing
            while len(received) < 100:
                frame = (await stream.next_change()).decode()
                received |= {int(part.split("</tr>")[0]) for part in frame.split("<tr>en ")[1:]}

        assert received == set(range(1, 101))

    listen(server, story)


def test_a_message_that_arrives_while_the_reader_starts_reaches_the_first_stream(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        start = publish(wire, 0)
        newest_id = hub._messages.newest_id

        async def answer_late() -> str:
            await asyncio.sleep(0.3)
            publish(wire, 7)
            return await newest_id()

        hub._messages.newest_id = answer_late  # type: ignore[method-assign]
        async with opened(hub, last_id=start) as stream:
            assert b"en 7" in await stream.next_change()

    listen(server, story)


def test_a_stream_that_closes_while_it_catches_up_leaves_nothing_behind(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        is_asked, may_answer, stream = asyncio.Event(), asyncio.Event(), HeardStream(is_new=True)

        async def hang(_last_id: str) -> None:
            is_asked.set()
            await may_answer.wait()

        hub._messages.missed_since = hang  # type: ignore[method-assign, assignment]
        open_stream(hub, stream, last_id="0-0")
        await is_asked.wait()
        hub._streams.remove(stream.subscription)
        may_answer.set()
        await hub._streams.background._tasks[hub._catch_up]

        assert len(hub._streams) == 0
        assert hub._newcomers == {}
        assert stream.bodies == []

    listen(server, story)


def test_a_reconnect_gets_new_messages_only_after_those_it_missed(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen, missed_since, is_asked, may_answer = (
            publish(wire, 1),
            hub._messages.missed_since,
            asyncio.Event(),
            asyncio.Event(),
        )
        publish(wire, 2)

        async def answer_late(last_id: str) -> list[tuple[str, dict[str, str]]] | None:
            missed = await missed_since(last_id)
            is_asked.set()
            await may_answer.wait()
            return missed

        async with opened(hub) as other:
            hub._messages.missed_since = answer_late  # type: ignore[method-assign]
            stream = HeardStream(is_new=True)
            open_stream(hub, stream, last_id=seen)
            await is_asked.wait()
            publish(wire, 3)
            await other.read_until(b"en 3")
            may_answer.set()

            frames = await stream.read_until(CAUGHT_UP)
            frames.append(await stream.next_frame())

        assert [b"en 2" in frames[0], frames[1], b"en 3" in frames[2]] == [True, CAUGHT_UP, True]

    listen(server, story)


def test_streams_that_reconnect_after_the_same_message_share_one_read_of_redis(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen, missed_since, reads = publish(wire, 1), hub._messages.missed_since, []
        last = publish(wire, 2)

        async def count(last_id: str) -> list[tuple[str, dict[str, str]]] | None:
            reads.append(last_id)
            return await missed_since(last_id)

        hub._messages.missed_since = count  # type: ignore[method-assign]
        streams = [HeardStream(number, is_new=True) for number in range(50)]
        for stream in streams:
            open_stream(hub, stream, last_id=seen)

        received = [await stream.read_until(CAUGHT_UP) for stream in streams]

        row = f"id: {last}\nevent: rows\ndata: <tr>en 2</tr>\n\n".encode()
        assert received == [[row, CAUGHT_UP]] * 50
        assert reads == [seen]
        assert renderer.renderings == [({2}, {AGENT_EN})]

    listen(server, story)


def test_a_reconnect_gets_resync_when_what_it_missed_cannot_be_rendered(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)
        hub._render_rows = fail

        async with opened(hub, last_id=seen) as stream:
            assert await stream.read_until(CAUGHT_UP) == [RESYNC, CAUGHT_UP]

    listen(server, story)


def test_every_stream_gets_heartbeats(
    server: EmbeddedRedis, wire: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "HEARTBEAT_SECONDS", 0.02)

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub) as one, opened(hub, user_id=2) as other:
            for stream in (one, other):
                assert [await stream.next_change(), await stream.next_change()] == [HEARTBEAT, HEARTBEAT]

    listen(server, story)


def test_a_stream_that_opens_while_redis_is_away_gets_cut_off_at_once_and_resync_later(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub) as stream:
            assert await stream.next_change() == CUT_OFF

            await asyncio.to_thread(server.start)
            frame = await stream.next_change()
            while frame == CUT_OFF:
                frame = await stream.next_change()
            assert frame == RESYNC

    try:
        listen(server, story)
    finally:
        server.stop()


def test_caught_up_follows_what_the_stream_had_missed(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)

        async with opened(hub, last_id=seen) as stream:
            frames = await stream.read_until(CAUGHT_UP)

        assert b"en 2" in frames[0]
        assert frames[1:] == [CAUGHT_UP]

    listen(server, story)


@pytest.mark.parametrize("last_id", ["", "1-1", "nonsense"], ids=["none", "forgotten", "no id"])
def test_a_stream_that_cannot_catch_up_gets_resync(server: EmbeddedRedis, wire: "redis.Redis", last_id: str) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        publish(wire, 1)

        async with opened(hub, last_id=last_id) as stream:
            assert await stream.next_change() == RESYNC

    listen(server, story)


def test_while_redis_is_away_every_stream_gets_cut_off_and_resync_afterwards(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)
    server.start()

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub) as stream:
            await asyncio.to_thread(server.stop)
            assert await stream.next_change() == CUT_OFF

            await asyncio.to_thread(server.start)
            frame = await stream.next_change()
            while frame == CUT_OFF:
                frame = await stream.next_change()
            assert frame == RESYNC

    try:
        listen(server, story)
    finally:
        server.stop()


def test_a_row_that_cannot_be_rendered_becomes_resync(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        hub._render_rows = fail
        async with opened(hub) as stream:
            publish(wire, 1)

            assert await stream.next_change() == RESYNC

    listen(server, story)


def test_the_reader_stops_while_no_stream_is_open_and_the_next_stream_starts_it(
    server: EmbeddedRedis, wire: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "BLOCK_MILLISECONDS", 50)

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with opened(hub):
            reader = hub._streams.background._tasks[hub._read_messages]
        await reader
        seen = publish(wire, 1)
        publish(wire, 2)

        async with opened(hub, last_id=seen) as stream:
            assert b"en 2" in await stream.next_change()
            publish(wire, 3)
            assert b"en 3" in await stream.next_change()

    listen(server, story)
