"""The event stream as an ASGI application of its own: of the request nothing is kept while the board is open.

As a view of Django each open board held its request, two tasks and the frames of all middleware: more than four times
the memory of a bare stream (docs/performance.md). What the middleware refuses elsewhere is refused here.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from django.conf import settings
from django.http import parse_cookie

from transfers.base.asgi import Receive, Scope, Send
from transfers.base.database import DATABASE_TROUBLE, is_database_trouble
from transfers.live.permissions import Viewer
from transfers.live.streams import BEAT, Subscription
from transfers.views.board.live import health_watch, hub, keeper, viewers
from transfers.views.unavailable import RETRY_AFTER_SECONDS

_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
]
_STREAM_HEADERS = [*_HEADERS, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]


class StreamRefused(Exception):
    """This request gets no stream, but an empty answer with this status."""

    def __init__(self, status: int, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = [*_HEADERS, (b"content-length", b"0"), *headers]


@dataclass(frozen=True, slots=True)
class _Request:
    """All that is read of a request."""

    session_key: str
    last_id: str


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Stream changes to a signed-in person; `Last-Event-ID` or `?last=` continues after that message.

    Others get 400 for a NUL in a cookie or the query, 403 when they may not see the board or ask in clear text, 405 for
    everything but GET, and 503 while the database does not answer.
    """
    try:
        request = _read(scope)
        viewer = await _find_viewer(request.session_key)
    except StreamRefused as refusal:
        await send({"type": "http.response.start", "status": refusal.status, "headers": refusal.headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
    await send({"type": "http.response.body", "body": BEAT, "more_body": True})
    subscription = Subscription(viewer.user_id, viewer.audience, send)
    _open(subscription, request, viewer)
    try:
        # What is written is written by others. Here it shows that the reader has left, or that all has been written.
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        _close(subscription)


def _read(scope: Scope) -> _Request:
    """Raises StreamRefused for what no stream can answer."""
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
    try:
        viewer = await viewers.ask(session_key) if session_key else None
    except DATABASE_TROUBLE as trouble:
        if not is_database_trouble(trouble):
            raise
        raise StreamRefused(503, (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)) from trouble
    if viewer is None:
        raise StreamRefused(403)
    return viewer


def _open(subscription: Subscription, request: _Request, viewer: Viewer) -> None:
    hub.subscribe(subscription, last_id=request.last_id)
    keeper.add(subscription, session_key=request.session_key, viewer=viewer)
    health_watch.add(subscription)


def _close(subscription: Subscription) -> None:
    keeper.discard(subscription)
    health_watch.discard(subscription)
    hub.unsubscribe(subscription)
