import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from pathlib import Path

import pytest
import redis

from scripts.embedded_redis import EmbeddedRedis
from transfers.live_hub import CAUGHT_UP, CUT_OFF, QUEUE_FRAMES, RESYNC, SYSTEM, Audience, LiveHub, Rows, Subscription
from transfers.live_updates import KEPT_MESSAGES, STREAM

AGENT_EN = Audience("en", may_transfer_any=False)
SUPERVISOR_DE = Audience("de", may_transfer_any=True)


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


async def next_frame(subscription: Subscription) -> bytes:
    """Read what comes next; that the stream has caught up is what most tests take for granted."""
    while (frame := await asyncio.wait_for(subscription.frames.get(), timeout=10)) == CAUGHT_UP:
        pass
    return frame


@contextlib.asynccontextmanager
async def subscribed(
    hub: LiveHub, *, user_id: int = 1, audience: Audience = AGENT_EN, last_id: str = "0-0"
) -> AsyncIterator[Subscription]:
    subscription = await hub.subscribe(user_id=user_id, audience=audience, last_id=last_id)
    try:
        yield subscription
    finally:
        hub.unsubscribe(subscription)


def test_a_change_reaches_every_stream_in_the_language_of_its_reader(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as english, subscribed(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            last = publish(wire, 7)

            assert await next_frame(english) == f"id: {last}\nevent: rows\ndata: <tr>en 7</tr>\n\n".encode()
            assert await next_frame(german) == f"id: {last}\nevent: rows\ndata: <tr>de 7</tr>\n\n".encode()

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
                await next_frame(stream)

        assert renderer.renderings == [({7}, {AGENT_EN})]

    listen(server, story)


def test_news_of_the_system_reaches_every_stream_and_renders_no_row(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as english, subscribed(hub, user_id=2, audience=SUPERVISOR_DE) as german:
            last = str(wire.xadd(STREAM, {"call": "", "users": "", "part": "system"}))

            for stream in (english, german):
                assert await next_frame(stream) == SYSTEM
                assert await next_frame(stream) == f"id: {last}\nevent: rows\ndata:\n\n".encode()
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
                while f"id: {last}\n".encode() not in await next_frame(stream):
                    pass

        both = {AGENT_EN, SUPERVISOR_DE}
        assert slow.renderings == [({0}, both), (set(range(10)), both)]

    listen(server, story)


def test_whose_call_it_is_hears_so_and_nobody_else(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub, user_id=1) as mine, subscribed(hub, user_id=2) as other:
            publish(wire, 7, users="1,3")

            assert (await next_frame(mine)).startswith(b"event: own-call")
            assert (await next_frame(mine)).startswith(b"id: ")
            assert (await next_frame(other)).startswith(b"id: ")

    listen(server, story)


def test_a_reconnect_hears_what_it_missed_and_nothing_twice(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        seen = publish(wire, 1)
        publish(wire, 2)
        last = publish(wire, 3)

        async with subscribed(hub, last_id=seen) as stream:
            frame = await next_frame(stream)

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
                frame = (await next_frame(stream)).decode()
                heard |= {int(part.split("</tr>")[0]) for part in frame.split("<tr>en ")[1:]}

        assert heard == set(range(1, 101))

    listen(server, story)


def test_what_comes_while_the_reader_of_the_first_stream_starts_is_heard(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        start = publish(wire, 0)
        newest_id = hub._newest_id

        async def look_late() -> str:
            await asyncio.sleep(0.3)
            publish(wire, 7)
            return await newest_id()

        hub._newest_id = look_late  # type: ignore[method-assign]
        async with subscribed(hub, last_id=start) as stream:
            assert b"en 7" in await next_frame(stream)

    listen(server, story)


def test_a_stream_that_is_given_up_while_it_catches_up_leaves_nothing_behind(
    server: EmbeddedRedis, wire: "redis.Redis"
) -> None:
    async def story(hub: LiveHub, renderer: Renderer) -> None:
        is_asked, never = asyncio.Event(), asyncio.Event()

        async def hang(_last_id: str) -> None:
            is_asked.set()
            await never.wait()

        hub._missed_since = hang  # type: ignore[method-assign, assignment]
        opening = asyncio.create_task(hub.subscribe(user_id=1, audience=AGENT_EN, last_id="0-0"))
        await is_asked.wait()
        opening.cancel()
        await asyncio.wait([opening])

        assert opening.cancelled()
        assert hub._subscriptions == set()

    listen(server, story)


def test_a_stream_that_opens_while_redis_is_away_is_told_at_once_and_later_fetches_anew(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as stream:
            assert await next_frame(stream) == CUT_OFF

            await asyncio.to_thread(server.start)
            frame = await next_frame(stream)
            while frame == CUT_OFF:
                frame = await next_frame(stream)
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
            frames = [stream.frames.get_nowait() for _ in range(stream.frames.qsize())]

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
            assert await next_frame(stream) == RESYNC

    listen(server, story)


def test_a_slow_reader_costs_a_bounded_queue_and_gets_resync() -> None:
    async def story() -> None:
        stream = Subscription(1, AGENT_EN)

        for number in range(QUEUE_FRAMES + 1):
            stream.offer(b"%d" % number)

        assert stream.frames.qsize() == 1
        assert await stream.frames.get() == RESYNC

    asyncio.run(story())


def test_while_redis_is_away_every_stream_is_told_and_afterwards_fetches_anew(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)
    server.start()

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        async with subscribed(hub) as stream:
            await asyncio.to_thread(server.stop)
            assert await next_frame(stream) == CUT_OFF

            await asyncio.to_thread(server.start)
            frame = await next_frame(stream)
            while frame == CUT_OFF:
                frame = await next_frame(stream)
            assert frame == RESYNC

    try:
        listen(server, story)
    finally:
        server.stop()


def test_a_row_that_cannot_be_rendered_makes_the_page_fetch_anew(server: EmbeddedRedis, wire: "redis.Redis") -> None:
    def fail(call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
        raise ValueError("as told")

    async def story(hub: LiveHub, renderer: Renderer) -> None:
        hub._render_rows = fail
        async with subscribed(hub) as stream:
            publish(wire, 1)

            assert await next_frame(stream) == RESYNC

    listen(server, story)
