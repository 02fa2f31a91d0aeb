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
from transfers.live.frames import Rows
from transfers.live.hub import LiveHub
from transfers.live.publishing import KEPT_MESSAGES, STREAM
from transfers.live.streams import BEAT, CAUGHT_UP, CUT_OFF, SYSTEM, Audience, resync

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
    """Renders a row as one line, and counts how often it was asked."""

    def __init__(self) -> None:
        self.renderings: list[tuple[set[int], set[Audience]]] = []

    def __call__(self, call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
        self.renderings.append((set(call_ids), set(audiences)))
        return {audience: {pk: f"<tr>{audience.language} {pk}</tr>" for pk in call_ids} for audience in audiences}


def fail(_call_ids: Collection[int], _audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    """Stands for rows that cannot be rendered."""
    raise ValueError("as told")


def publish(wire: "redis.Redis", call: int, users: str = "") -> str:
    return str(wire.xadd(STREAM, {"call": call, "users": users}, maxlen=KEPT_MESSAGES, approximate=True))


def listen(server: EmbeddedRedis, story: Callable[[LiveHub, Renderer], Awaitable[None]]) -> None:
    """Run a story against a hub of its own in a fresh event loop."""
    renderer = Renderer()

    async def run() -> None:
        hub = LiveHub(redis_url=server.url, render_rows=renderer)
        try:
            await asyncio.wait_for(story(hub, renderer), timeout=20)
        finally:
            await hub.close()

    asyncio.run(run())


@contextlib.asynccontextmanager
async def subscribed(
    hub: LiveHub, *, user_id: int = 1, audience: Audience = AGENT_EN, last_id: str = "0-0"
) -> AsyncIterator[HeardStream]:
    """Open a stream, and wait until it is live or knows why it is not."""
    stream = HeardStream(user_id, audience, is_new=True)
    hub.subscribe(stream.subscription, last_id=last_id)
    try:
        await asyncio.wait_for(stream.has_begun.wait(), timeout=10)
        yield stream
    finally:
        hub.unsubscribe(stream.subscription)


def test_a_change_reaches_every_stream_in_the_language_of_its_reader(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as english, subscribed(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            last = publish(wire, 7)

            assert await english.next_news() == f"id: {last}\nevent: rows\ndata: <tr>en 7</tr>\n\n".encode()
            assert await german.next_news() == f"id: {last}\nevent: rows\ndata: <tr>de 7</tr>\n\n".encode()

    listen(server, story)


def test_a_change_is_rendered_once_per_audience_and_not_once_per_stream(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with contextlib.AsyncExitStack() as stack:
            streams = [
                await stack.enter_async_context(subscribed(hub, user_id=number, audience=AGENT_EN))
                for number in range(20)
            ]
            publish(wire, 7)
            for stream in streams:
                await stream.next_news()

        assert renderer.renderings == [({7}, {AGENT_EN})]

    listen(server, story)


def test_news_of_the_system_reaches_every_stream_and_renders_no_row(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as english, subscribed(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            last = str(wire.xadd(STREAM, {"call": "", "users": "", "part": "system"}))

            for stream in (english, german):
                assert await stream.next_news() == SYSTEM
                assert await stream.next_news() == f"id: {last}\nevent: rows\ndata:\n\n".encode()
        assert all(call_ids == set() for call_ids, _audiences in renderer.renderings)

    listen(server, story)


def test_a_storm_is_rendered_once_for_each_call_and_audience_however_many_messages_it_has(
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
        async with subscribed(hub) as english, subscribed(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            publish(wire, 0)
            await asyncio.sleep(0.2)
            last = ""
            for number in range(200):
                last = publish(wire, number % 10)
            is_free.set()
            for stream in (english, german):
                while f"id: {last}\n".encode() not in await stream.next_news():
                    pass

        both = {AGENT_EN, SUPERVISOR_DE}
        assert slow.renderings == [({0}, both), (set(range(10)), both)]

    listen(server, story)


def test_whose_call_it_is_hears_so_and_nobody_else(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub, user_id=1) as mine, subscribed(hub, user_id=2) as other:
            publish(wire, 7, users="1,3")

            assert (await mine.next_news()).startswith(b"event: own-call")
            assert (await mine.next_news()).startswith(b"id: ")
            assert (await other.next_news()).startswith(b"id: ")

    listen(server, story)


def test_a_reconnect_hears_what_it_missed_and_nothing_twice(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)
        last = publish(wire, 3)

        async with subscribed(hub, last_id=seen) as stream:
            frame = await stream.next_news()

            assert frame.startswith(f"id: {last}\n".encode())
            assert b"en 2" in frame
            assert b"en 3" in frame
            assert b"en 1" not in frame

    listen(server, story)


def test_nothing_falls_between_catching_up_and_listening(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        start = publish(wire, 0)
        heard: set[int] = set()

        async def keep_publishing() -> None:
            for number in range(1, 101):
                publish(wire, number)
                await asyncio.sleep(0.001)

        publishing = asyncio.create_task(keep_publishing())
        await asyncio.sleep(0.03)
        async with subscribed(hub, last_id=start) as stream:
            await publishing
            while len(heard) < 100:
                frame = (await stream.next_news()).decode()
                heard |= {int(part.split("</tr>")[0]) for part in frame.split("<tr>en ")[1:]}

        assert heard == set(range(1, 101))

    listen(server, story)


def test_what_comes_while_the_reader_of_the_first_stream_starts_is_heard(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        start = publish(wire, 0)
        newest_id = hub._messages.newest_id

        async def look_late() -> str:
            await asyncio.sleep(0.3)
            publish(wire, 7)
            return await newest_id()

        hub._messages.newest_id = look_late  # type: ignore[method-assign]
        async with subscribed(hub, last_id=start) as stream:
            assert b"en 7" in await stream.next_news()

    listen(server, story)


def test_a_stream_that_is_given_up_while_it_catches_up_leaves_nothing_behind(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        is_asked, may_answer, stream = asyncio.Event(), asyncio.Event(), HeardStream(is_new=True)

        async def hang(_last_id: str) -> None:
            is_asked.set()
            await may_answer.wait()

        hub._messages.missed_since = hang  # type: ignore[method-assign, assignment]
        hub.subscribe(stream.subscription, last_id="0-0")
        await is_asked.wait()
        hub.unsubscribe(stream.subscription)
        may_answer.set()
        await hub._tasks["_catch_up"]

        assert hub.open_streams == 0
        assert hub._newcomers == {}
        assert stream.bodies == []

    listen(server, story)


def test_who_comes_back_hears_news_only_after_what_it_missed(server: EmbeddedRedis, wire: "redis.Redis") -> None:
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

        async with subscribed(hub) as other:
            hub._messages.missed_since = answer_late  # type: ignore[method-assign]
            stream = HeardStream(is_new=True)
            hub.subscribe(stream.subscription, last_id=seen)
            await is_asked.wait()
            publish(wire, 3)
            await other.hear(b"en 3")
            may_answer.set()

            frames = await stream.hear(CAUGHT_UP)
            frames.append(await stream.next_frame())

        assert [b"en 2" in frames[0], frames[1], b"en 3" in frames[2]] == [True, CAUGHT_UP, True]

    listen(server, story)


def test_those_who_come_back_together_after_the_same_message_are_served_by_one_look(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen, missed_since, looks = publish(wire, 1), hub._messages.missed_since, []
        last = publish(wire, 2)

        async def count(last_id: str) -> list[tuple[str, dict[str, str]]] | None:
            looks.append(last_id)
            return await missed_since(last_id)

        hub._messages.missed_since = count  # type: ignore[method-assign]
        streams = [HeardStream(number, is_new=True) for number in range(50)]
        for stream in streams:
            hub.subscribe(stream.subscription, last_id=seen)

        heard = [await stream.hear(CAUGHT_UP) for stream in streams]

        row = f"id: {last}\nevent: rows\ndata: <tr>en 2</tr>\n\n".encode()
        assert heard == [[row, CAUGHT_UP]] * 50
        assert looks == [seen]
        assert renderer.renderings == [({2}, {AGENT_EN})]

    listen(server, story)


def test_what_cannot_be_rendered_for_those_who_come_back_makes_their_pages_fetch_anew(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)
        hub._render_rows = fail

        async with subscribed(hub, last_id=seen) as stream:
            assert await stream.hear(CAUGHT_UP) == [RESYNC, CAUGHT_UP]

    listen(server, story)


def test_every_stream_shows_again_and_again_that_it_lives(
    server: EmbeddedRedis, wire: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_hub, "BEAT_SECONDS", 0.02)

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as one, subscribed(hub, user_id=2) as other:
            for stream in (one, other):
                assert [await stream.next_news(), await stream.next_news()] == [BEAT, BEAT]

    listen(server, story)


def test_a_stream_that_opens_while_redis_is_away_is_told_at_once_and_later_fetches_anew(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as stream:
            assert await stream.next_news() == CUT_OFF

            await asyncio.to_thread(server.start)
            frame = await stream.next_news()
            while frame == CUT_OFF:
                frame = await stream.next_news()
            assert frame == RESYNC

    try:
        listen(server, story)
    finally:
        server.stop()


def test_a_stream_hears_that_it_has_caught_up_after_what_it_missed(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)

        async with subscribed(hub, last_id=seen) as stream:
            frames = await stream.hear(CAUGHT_UP)

        assert b"en 2" in frames[0]
        assert frames[1:] == [CAUGHT_UP]

    listen(server, story)


@pytest.mark.parametrize("last_id", ["", "1-1", "nonsense"], ids=["none", "forgotten", "no id"])
def test_who_cannot_be_caught_up_is_told_to_fetch_anew(
    server: EmbeddedRedis, wire: "redis.Redis", last_id: str
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        publish(wire, 1)

        async with subscribed(hub, last_id=last_id) as stream:
            assert await stream.next_news() == RESYNC

    listen(server, story)


def test_while_redis_is_away_every_stream_is_told_and_afterwards_fetches_anew(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)
    server.start()

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as stream:
            await asyncio.to_thread(server.stop)
            assert await stream.next_news() == CUT_OFF

            await asyncio.to_thread(server.start)
            frame = await stream.next_news()
            while frame == CUT_OFF:
                frame = await stream.next_news()
            assert frame == RESYNC

    try:
        listen(server, story)
    finally:
        server.stop()


def test_a_row_that_cannot_be_rendered_makes_the_page_fetch_anew(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        hub._render_rows = fail
        async with subscribed(hub) as stream:
            publish(wire, 1)

            assert await stream.next_news() == RESYNC

    listen(server, story)
