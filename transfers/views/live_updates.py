"""The event stream of the board: rows as they change, a beat in silence, and an end when the right to see them ends."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from transfers import call_board
from transfers.live_health import HealthWatch
from transfers.live_hub import END, RESYNC, Audience, LiveHub, Rows, Subscription, make_hub
from transfers.live_viewers import StreamKeeper, Viewer, find_viewers
from transfers.views.call_rows import draw_rows
from transfers.views.system_bar import render_bars

BEAT_SECONDS = 15.0
"""After how long without anything to tell a stream shows that it lives."""
BEAT = b"event: beat\ndata: {}\n\n"
SPREAD_MS, MOST_SPREAD_MS = 30, 15_000
"""Milliseconds for each open board, about what the server needs to answer its fetch, and for all together."""


def render_rows(call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    """Draw the rows of these calls once per audience, from the same template as the page."""
    board_calls = call_board.calls_by_id(call_ids)
    return {audience: draw_rows(board_calls, audience) for audience in audiences}


hub: LiveHub = make_hub(render_rows)


health_watch = HealthWatch(render_bars)
keeper = StreamKeeper()


@require_GET
async def live(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream changes to a signed-in person; `Last-Event-ID` or `?last=` continues after that message."""
    session_key = request.session.session_key or ""
    viewer = (await sync_to_async(find_viewers)({session_key})).get(session_key)
    if viewer is None:
        return HttpResponse(status=403)
    last_id = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    response = StreamingHttpResponse(_frames(session_key, viewer, last_id), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _frames(session_key: str, viewer: Viewer, last_id: str) -> AsyncIterator[bytes]:
    """Beat at once, then hand on what the hub tells. Nothing is held before the first frame is asked for."""
    yield BEAT
    subscription = await hub.subscribe(user_id=viewer.user_id, audience=viewer.audience, last_id=last_id)
    keeper.add(subscription, session_key=session_key, viewer=viewer)
    health_watch.add(subscription)
    try:
        while (frame := await _next_frame(subscription)) != END:
            yield _for_wire(frame)
    finally:
        keeper.discard(subscription)
        health_watch.discard(subscription)
        hub.unsubscribe(subscription)


def _for_wire(frame: bytes) -> bytes:
    """Give `resync` the milliseconds over which the boards of this process share out their fetching."""
    if frame != RESYNC:
        return frame
    return b"event: resync\ndata: %d\n\n" % min(MOST_SPREAD_MS, hub.open_streams * SPREAD_MS)


async def _next_frame(subscription: Subscription) -> bytes:
    try:
        async with asyncio.timeout(BEAT_SECONDS):
            return await subscription.frames.get()
    except TimeoutError:
        return BEAT
