"""The event stream of the board, as an ASGI application: nothing of the request stays in memory while it is open.

As a Django view, each open board kept its request, two tasks and the stack of all middleware: more than four times the
memory of a bare stream (docs/performance.md). The middleware does not run, so its refusals are repeated here.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from django.conf import settings
from django.http import parse_cookie

from transfers.base.asgi import Receive, Scope, Send
from transfers.base.database import DATABASE_TROUBLE, is_database_trouble
from transfers.live.frames import HEARTBEAT
from transfers.live.subscription import Subscription
from transfers.live.viewers import Viewer
from transfers.views.board.live import close_stream, open_stream, viewers
from transfers.views.unavailable import RETRY_AFTER_SECONDS

_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]
_STREAM_HEADERS = [*_HEADERS, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]


class StreamRefused(Exception):
    """This request gets no stream but an empty response with this status."""

    def __init__(self, status: int, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = [*_HEADERS, (b"content-length", b"0"), *headers]


@dataclass(frozen=True, slots=True)
class _Request:
    """The parts of a request that a stream needs."""

    session_key: str
    last_id: str


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Stream changes to a signed-in user; `Last-Event-ID` or `?last=` is the last message that the page has seen.

    Refusals: 400 for a NUL in a cookie or the query, 403 for users who may not see the board and for requests without
    https, 405 for every method but GET, 503 while the database does not answer.
    """
    try:
        request = _read(scope)
        viewer = await _find_viewer(request.session_key)
    except StreamRefused as refusal:
        await send({"type": "http.response.start", "status": refusal.status, "headers": refusal.headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
    await _stay_open(Subscription(request.session_key, viewer, send), request.last_id, receive)


async def _stay_open(subscription: Subscription, last_id: str, receive: Receive) -> None:
    """Keep the stream open until its reader has disconnected, or until its last frame is written."""
    open_stream(subscription, last_id=last_id)
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        close_stream(subscription)


def _read(scope: Scope) -> _Request:
    """Read the request. Raises StreamRefused for one that no stream can answer."""
    if scope["method"] != "GET":
        raise StreamRefused(405, (b"allow", b"GET"))
    if settings.SECURE_SSL_REDIRECT and scope["scheme"] != "https":
        raise StreamRefused(403)
    cookies = parse_cookie("; ".join(_header_values(scope, b"cookie")))
    query = scope["query_string"].decode("latin-1")
    if any("\0" in text for text in (unquote(query), *cookies.values())):
        raise StreamRefused(400)
    last_ids = [*_header_values(scope, b"last-event-id"), *parse_qs(query).get("last", [])]
    return _Request(cookies.get(settings.SESSION_COOKIE_NAME, ""), next(filter(None, last_ids), ""))


def _header_values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]


async def _find_viewer(session_key: str) -> Viewer:
    """Return who reads. Raises StreamRefused if nobody may, or if the database does not answer."""
    try:
        viewer = await viewers.ask(session_key) if session_key else None
    except DATABASE_TROUBLE as trouble:
        if not is_database_trouble(trouble):
            raise
        raise StreamRefused(503, (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)) from trouble
    if viewer is None:
        raise StreamRefused(403)
    return viewer
