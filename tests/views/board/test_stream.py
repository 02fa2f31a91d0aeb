"""What the ASGI application of the stream answers and leaves behind; flows prove it with a real server and database."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.db import OperationalError
from pytest_django import Settings

from scripts.net import LOOPBACK
from tests.dashboard.test_middleware import NUL_COOKIES
from transfers.live.batching import BatchedLookup
from transfers.live.health import HealthWatch
from transfers.live.permissions import OVER, PermissionWatch, Viewer
from transfers.live.streams import BEAT, Audience, Subscription
from transfers.views.board import stream as live_stream
from transfers.views.board.stream import stream

ADA = Viewer(1, Audience("en", may_transfer_any=False))
Message = MutableMapping[str, Any]


class Hub:
    """Notes who subscribes and from where on."""

    def __init__(self) -> None:
        self.open: dict[Subscription, str] = {}

    def subscribe(self, subscription: Subscription, *, last_id: str) -> None:
        self.open[subscription] = last_id

    def unsubscribe(self, subscription: Subscription) -> None:
        del self.open[subscription]
        subscription.close()


class Rooms:
    """What a stream is known to while it is open, in place of what the whole process shares."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.signed_in = {"ada-s-session": ADA}
        self.is_database_away = False
        self.asked: list[str] = []
        self.hub, self.keeper, self.health_watch = Hub(), PermissionWatch(self._find), HealthWatch(self._render_bars)
        monkeypatch.setattr(live_stream, "hub", self.hub)
        monkeypatch.setattr(live_stream, "keeper", self.keeper)
        monkeypatch.setattr(live_stream, "health_watch", self.health_watch)
        monkeypatch.setattr(live_stream, "viewers", BatchedLookup(self._look_up))

    def is_empty(self) -> bool:
        return not (self.hub.open or self.keeper._streams or self.health_watch._told)

    def _find(self, session_keys: Collection[str]) -> Mapping[str, Viewer]:
        self.asked.extend(session_keys)
        if self.is_database_away:
            raise OperationalError("as told")
        return self.signed_in

    async def _look_up(self, session_keys: Collection[str]) -> Mapping[str, Viewer]:
        return self._find(session_keys)

    async def _render_bars(self, _languages: Collection[str]) -> Mapping[str, str]:
        return {}


class Connection:
    """A request and what is answered to it, as an ASGI server has them."""

    def __init__(self, *, method: str = "GET", query: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self._scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": "/live/",
            "query_string": query,
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()],
        }
        self.sent: list[Message] = []
        self.has_left = asyncio.Event()

    async def _receive(self) -> Message:
        if not self.has_left.is_set():
            await self.has_left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.has_left.set()

    async def open(self) -> "asyncio.Task[None]":
        """Begin, and go on as far as it goes without anybody leaving."""
        serving = asyncio.create_task(stream(self._scope, self._receive, self._send))
        for _ in range(20):
            await asyncio.sleep(0)
        return serving

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.sent[1:]]


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    return Rooms(monkeypatch)


def cookie(session_key: str = "ada-s-session") -> dict[str, str]:
    return {"cookie": f"a=b; {settings.SESSION_COOKIE_NAME}={session_key}"}


def tell(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await asyncio.wait_for(story(), timeout=20)

    asyncio.run(run())


def answer_to(**request: Any) -> Connection:
    """Return the whole answer to a request that gets no stream."""
    connections: list[Connection] = []

    async def story() -> None:
        connections.append(Connection(**request))
        await (await connections[0].open())

    tell(story)
    return connections[0]


def test_a_stream_begins_with_a_beat_and_is_known_until_its_reader_leaves(rooms: Rooms) -> None:
    async def story() -> None:
        connection = Connection(headers=cookie())
        serving = await connection.open()

        assert connection.status == 200
        assert connection.headers["content-type"] == "text/event-stream"
        assert connection.headers["cache-control"] == "no-store"
        assert connection.headers["x-accel-buffering"] == "no"
        assert connection.headers["x-content-type-options"] == "nosniff"
        assert connection.bodies == [BEAT]
        assert [len(known) for known in (rooms.hub.open, rooms.keeper._streams, rooms.health_watch._told)] == [1, 1, 1]

        connection.has_left.set()
        await serving
        assert rooms.is_empty()

    tell(story)


def test_a_stream_that_the_server_ends_leaves_nothing_behind(rooms: Rooms) -> None:
    async def story() -> None:
        serving = await Connection(headers=cookie()).open()

        serving.cancel()
        await asyncio.wait([serving])

        assert rooms.is_empty()

    tell(story)


def test_a_stream_ends_after_its_last_frame(rooms: Rooms) -> None:
    async def story() -> None:
        connection = Connection(headers=cookie())
        serving = await connection.open()
        [subscription] = rooms.hub.open

        subscription.end(OVER)
        await serving

        assert connection.bodies == [BEAT, OVER, b""]
        assert rooms.is_empty()

    tell(story)


@pytest.mark.parametrize(
    ("query", "headers", "last_id"),
    [
        (b"", {}, ""),
        (b"last=7-1", {}, "7-1"),
        (b"last=7-1", {"last-event-id": "8-1"}, "8-1"),
        (b"last=7-1", {"last-event-id": ""}, "7-1"),
        (b"last=&x=%FF&last=7-1", {}, "7-1"),
    ],
)
def test_a_stream_continues_after_the_message_that_is_named(
    rooms: Rooms, query: bytes, headers: dict[str, str], last_id: str
) -> None:
    async def story() -> None:
        connection = Connection(query=query, headers=cookie() | headers)
        serving = await connection.open()

        assert list(rooms.hub.open.values()) == [last_id]

        connection.has_left.set()
        await serving

    tell(story)


@pytest.mark.parametrize("session_key", ["", "unknown", "ada-s-sessio", "ä\x7f\xff;;=", "x" * 50_000])
def test_who_is_not_signed_in_gets_no_stream(rooms: Rooms, session_key: str) -> None:
    answer = answer_to(headers=cookie(session_key))

    assert (answer.status, answer.bodies) == (403, [b""])
    assert rooms.is_empty()


def test_who_brings_no_cookie_costs_no_look(rooms: Rooms) -> None:
    assert answer_to().status == 403
    assert rooms.asked == []


def test_nothing_is_streamed_in_clear_text(rooms: Rooms, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert answer_to(headers=cookie()).status == 403
    assert rooms.asked == []


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PUT"])
def test_a_stream_is_only_there_to_be_read(rooms: Rooms, method: str) -> None:
    answer = answer_to(method=method, headers=cookie())

    assert (answer.status, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("query", "cookies"),
    [*[(b"", f"{settings.SESSION_COOKIE_NAME}={value}") for value in NUL_COOKIES], (b"last=%00", ""), (b"%00=x", "")],
)
def test_a_nul_is_a_bad_request_and_asks_no_database(rooms: Rooms, query: bytes, cookies: str) -> None:
    assert answer_to(query=query, headers={"cookie": cookies}).status == 400
    assert rooms.asked == []


def test_while_the_database_does_not_answer_everybody_is_told_to_come_back(rooms: Rooms) -> None:
    rooms.is_database_away = True

    answer = answer_to(headers=cookie())

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


def test_cookies_in_several_headers_count_as_one(rooms: Rooms) -> None:
    async def story() -> None:
        connection = Connection(headers=cookie())
        connection._scope["headers"] = [(b"cookie", b"a=b"), *connection._scope["headers"]]
        serving = await connection.open()

        assert connection.status == 200

        connection.has_left.set()
        await serving

    tell(story)


class ServedStream:
    """The application behind the real server, and readers of its own."""

    def __init__(self) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        config = uvicorn.Config(stream, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)

    async def __aenter__(self) -> "ServedStream":
        self._serving = asyncio.create_task(self._server._serve([self._listener]))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.should_exit = True
        await self._serving

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a stream, and read its beat."""
        reader, writer = await asyncio.open_connection(*self._listener.getsockname()[:2])
        writer.write(f"GET /live/ HTTP/1.1\r\nHost: x\r\nCookie: {cookie()['cookie']}\r\n\r\n".encode())
        await reader.readuntil(BEAT)
        return reader, writer


async def eventually(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("waits", [0, 200], ids=["nothing waits", "more waits than goes on the line"])
def test_nothing_is_left_of_the_stream_of_a_tab_that_was_closed(rooms: Rooms, waits: int) -> None:
    async def story() -> None:
        async with ServedStream() as served:
            _reader, writer = await served.connect()
            [subscription] = rooms.hub.open
            subscription.begin()
            for _ in range(waits):
                subscription.offer(b"data: %s\n\n" % (b"x" * 100_000))
                await asyncio.sleep(0)

            writer.transport.abort()

            await eventually(rooms.is_empty)
            await eventually(lambda: subscription._writing is None)

    tell(story)
