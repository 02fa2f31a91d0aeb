"""What the board's event streams tell, and who looks after them; `live_stream` is how they are served."""

from collections.abc import Collection, Mapping

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from transfers import calls
from transfers.live.batching import BatchedLookup
from transfers.live.frames import Rows
from transfers.live.health import HealthWatch
from transfers.live.hub import LiveHub, make_hub
from transfers.live.permissions import PermissionWatch, Viewer, find_viewers
from transfers.live.streams import Audience
from transfers.live.thread import run_on_stream_thread
from transfers.views.board.call_rows import draw_rows
from transfers.views.operations.system_bar import render_bars


def render_rows(call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    """Draw the rows of these calls once per audience, from the same template as the page."""
    board_calls = calls.calls_by_id(call_ids)
    return {audience: draw_rows(board_calls, audience) for audience in audiences}


def _find_newcomers(session_keys: Collection[str]) -> Mapping[str, Viewer]:
    """Find them like the beginning of any request does: a connection that has died since the last one is replaced."""
    close_old_connections()
    return find_viewers(session_keys)


async def _look_up(session_keys: Collection[str]) -> Mapping[str, Viewer]:
    return await run_on_stream_thread(_find_newcomers, session_keys)


hub: LiveHub = make_hub(render_rows)
health_watch = HealthWatch(render_bars)
keeper = PermissionWatch()
viewers: BatchedLookup[str, Viewer] = BatchedLookup(_look_up)
"""Who is behind a session: when hundreds of boards come back at the same time they cost a few looks, not hundreds."""


@require_GET
def live(_request: HttpRequest) -> HttpResponse:
    """Give the stream its address. It is served before Django is asked (`tenios_dashboard/asgi.py`), nowhere else."""
    return HttpResponse(status=501)
