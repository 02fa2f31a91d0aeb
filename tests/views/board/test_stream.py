"""What the ASGI application of the stream answers, and that it leaves nothing behind. Stories use the whole system."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from django.db import OperationalError
from pytest_django import Settings

from scripts.net import LOOPBACK
from tests.dashboard.test_middleware import NUL_COOKIES
from transfers.base.asgi import Message
from transfers.live.batching import BatchedLookup
from transfers.live.frames import HEARTBEAT, OVER
from transfers.live.health import HealthWatch
from transfers.live.permissions import PermissionWatch
from transfers.live.streams import OpenStreams
from transfers.live.subscription import Subscription
from transfers.live.viewers import Audience, Viewer
from transfers.views.board import live
from transfers.views.board import stream as board_stream
from transfers.views.board.stream import stream

ADA = Viewer(1, Audience("en", may_transfer_any=False))


class Hub:
    """Records from which message on each stream catches up."""

    def __init__(self) -> None:
        self.last_ids: dict[Subscription, str] = {}

    def catch_up(self, subscription: Subscription, *, last_id: str) -> None:
        self.last_ids[subscription] = last_id


class Board:
    """The live push of a board for one test, in place of the one of this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.signed_in = {"ada-s-session": ADA}
        self.is_database_away = False
        self.looked_up: list[str] = []
        self.streams, self.hub = OpenStreams(), Hub()
        PermissionWatch(self.streams, self._find_viewers)
        monkeypatch.setattr(live, "streams", self.streams)
        monkeypatch.setattr(live, "hub", self.hub)
        monkeypatch.setattr(live, "health_watch", HealthWatch(self.streams, self._render_bars))
        monkeypatch.setattr(board_stream, "viewers", BatchedLookup(self._look_up))

    def _find_viewers(self, session_keys: Collection[str]) -> Mapping[str, Viewer]:
        self.looked_up.extend(session_keys)
        if self.is_database_away:
            raise OperationalError("database is away")
        return self.signed_in

    async def _look_up(self, session_keys: Collection[str]) -> Mapping[str, Viewer]:
        return self._find_viewers(session_keys)

    async def _render_bars(self, _languages: Collection[str]) -> Mapping[str, str]:
        return {}


class Connection:
    """A request and the messages that answer it, as an ASGI server sees them."""

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
        self.is_disconnected = asyncio.Event()

    async def _receive(self) -> Message:
        if not self.is_disconnected.is_set():
            await self.is_disconnected.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.is_disconnected.set()

    async def open(self) -> "asyncio.Task[None]":
        """Serve the request in a task, until it waits for the reader to disconnect."""
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
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    return Board(monkeypatch)


def cookie(session_key: str = "ada-s-session") -> dict[str, str]:
    return {"cookie": f"a=b; {settings.SESSION_COOKIE_NAME}={session_key}"}


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def run_story() -> None:
        await asyncio.wait_for(story(), timeout=20)

    asyncio.run(run_story())


def answer_to(**request: Any) -> Connection:
    """Return the whole answer to a request that gets no stream."""
    connections: list[Connection] = []

    async def story() -> None:
        connections.append(Connection(**request))
        await (await connections[0].open())

    run(story)
    return connections[0]


def test_a_stream_begins_with_a_heartbeat_and_is_registered_until_its_reader_disconnects(board: Board) -> None:
    async def story() -> None:
        connection = Connection(headers=cookie())
        serving = await connection.open()

        assert connection.status == 200
        assert connection.headers["content-type"] == "text/event-stream"
        assert connection.headers["cache-control"] == "no-store"
        assert connection.headers["x-accel-buffering"] == "no"
        assert connection.headers["x-content-type-options"] == "nosniff"
        assert connection.bodies == [HEARTBEAT]
        assert len(board.streams) == 1

        connection.is_disconnected.set()
        await serving
        assert not board.streams

    run(story)


def test_a_stream_that_the_server_ends_leaves_nothing_behind(board: Board) -> None:
    async def story() -> None:
        serving = await Connection(headers=cookie()).open()

        serving.cancel()
        await asyncio.wait([serving])

        assert not board.streams

    run(story)


def test_a_stream_ends_after_its_last_frame(board: Board) -> None:
    async def story() -> None:
        connection = Connection(headers=cookie())
        serving = await connection.open()
        [subscription] = board.streams

        subscription.end(OVER)
        await serving

        assert connection.bodies == [HEARTBEAT, OVER, b""]
        assert not board.streams

    run(story)


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
def test_a_stream_continues_after_the_message_that_the_page_saw_last(
    board: Board, query: bytes, headers: dict[str, str], last_id: str
) -> None:
    async def story() -> None:
        connection = Connection(query=query, headers=cookie() | headers)
        serving = await connection.open()

        assert list(board.hub.last_ids.values()) == [last_id]

        connection.is_disconnected.set()
        await serving

    run(story)


@pytest.mark.parametrize("session_key", ["", "unknown", "ada-s-sessio", "ä\x7f\xff;;=", "x" * 50_000])
def test_an_unknown_session_gets_no_stream(board: Board, session_key: str) -> None:
    answer = answer_to(headers=cookie(session_key))

    assert (answer.status, answer.bodies) == (403, [b""])
    assert not board.streams


def test_a_request_without_cookie_costs_no_lookup(board: Board) -> None:
    assert answer_to().status == 403
    assert board.looked_up == []


def test_nothing_is_streamed_without_https(board: Board, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert answer_to(headers=cookie()).status == 403
    assert board.looked_up == []


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PUT"])
def test_only_get_opens_a_stream(board: Board, method: str) -> None:
    answer = answer_to(method=method, headers=cookie())

    assert (answer.status, answer.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("query", "cookies"),
    [*[(b"", f"{settings.SESSION_COOKIE_NAME}={value}") for value in NUL_COOKIES], (b"last=%00", ""), (b"%00=x", "")],
)
def test_a_nul_is_a_bad_request_and_asks_no_database(board: Board, query: bytes, cookies: str) -> None:
    assert answer_to(query=query, headers={"cookie": cookies}).status == 400
    assert board.looked_up == []


def test_while_the_database_does_not_answer_the_page_is_asked_to_retry(board: Board) -> None:
    board.is_database_away = True

    answer = answer_to(headers=cookie())

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")


def test_cookies_in_several_headers_count_as_one(board: Board) -> None:
    async def story() -> None:
        connection = Connection(headers=cookie())
        connection._scope["headers"] = [(b"cookie", b"a=b"), *connection._scope["headers"]]
        serving = await connection.open()

        assert connection.status == 200

        connection.is_disconnected.set()
        await serving

    run(story)


class ServedStream:
    """The application behind a real server."""

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
        """Open a stream, and read its heartbeat."""
        reader, writer = await asyncio.open_connection(*self._listener.getsockname()[:2])
        writer.write(f"GET /live/ HTTP/1.1\r\nHost: x\r\nCookie: {cookie()['cookie']}\r\n\r\n".encode())
        await reader.readuntil(HEARTBEAT)
        return reader, writer


async def eventually(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("waits", [0, 200], ids=["nothing waits", "more waits than the socket takes"])
def test_a_closed_tab_leaves_nothing_of_its_stream_behind(board: Board, waits: int) -> None:
    async def story() -> None:
        async with ServedStream() as served:
            _reader, writer = await served.connect()
            [subscription] = board.streams
            subscription.begin()
            for _ in range(waits):
                subscription.offer(b"data: %s\n\n" % (b"x" * 100_000))
                await asyncio.sleep(0)

            writer.transport.abort()

            await eventually(lambda: not board.streams)
            await eventually(lambda: subscription._writing is None)

    run(story)
