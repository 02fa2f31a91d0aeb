"""Puts the live push of the board together: what is rendered for its streams, and opening and closing one."""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from transfers import calls
from transfers.live.batching import BatchedLookup
from transfers.live.frames import Rows
from transfers.live.health import HealthWatch
from transfers.live.hub import LiveHub
from transfers.live.permissions import PermissionWatch
from transfers.live.streams import OpenStreams
from transfers.live.subscription import Subscription
from transfers.live.thread import run_on_stream_thread
from transfers.live.viewers import Audience, Viewer, find_viewers
from transfers.views.board.call_rows import draw_rows
from transfers.views.operations.system_bar import render_bars


def render_rows(call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    """Render the rows of these calls once per audience, from the same template as the page."""
    board_calls = calls.calls_by_id(call_ids)
    return {audience: draw_rows(board_calls, audience) for audience in audiences}


def _find_viewers(session_keys: Collection[str]) -> Mapping[str, Viewer]:
    """Like Django before each request, replace a connection that has died since the last query."""
    close_old_connections()
    return find_viewers(session_keys)


async def _look_up_viewers(session_keys: Collection[str]) -> Mapping[str, Viewer]:
    return await run_on_stream_thread(_find_viewers, session_keys)


streams = OpenStreams()
hub = LiveHub(streams, redis_url=settings.REDIS_URL, render_rows=render_rows)
health_watch = HealthWatch(streams, render_bars)
permission_watch = PermissionWatch(streams)
viewers: BatchedLookup[str, Viewer] = BatchedLookup(_look_up_viewers)
"""Batched, so that hundreds of boards that reconnect together cost a few queries and not hundreds."""


def open_stream(subscription: Subscription, *, last_id: str) -> None:
    """Serve a stream from now on, beginning with what came after message `last_id`."""
    streams.add(subscription)
    hub.catch_up(subscription, last_id=last_id)
    health_watch.offer_latest(subscription)


def close_stream(subscription: Subscription) -> None:
    """Forget a stream whose reader has disconnected."""
    streams.remove(subscription)


@require_GET
def live(_request: HttpRequest) -> HttpResponse:
    """Give the stream a name in the URLs. `tenios_dashboard/asgi.py` serves it before Django; this is never reached."""
    return HttpResponse(status=501)
