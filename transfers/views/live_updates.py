"""The event stream of the board: rows as they change, a beat every 15 s, and an end when the right to see them ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from transfers import call_board
from transfers.live_hub import Audience, LiveHub, Rows, make_hub
from transfers.models import User

CHECK_SECONDS = 15.0
"""How often a stream looks whether its person may still see it, however much there is to tell; it beats as often."""
BEAT = b"event: beat\ndata: {}\n\n"


@dataclass(frozen=True)
class Viewer:
    """Whose stream it is and what they may see. When that changes the stream ends, and the browser opens another."""

    user_id: int
    audience: Audience


def render_rows(call_ids: Collection[int], audiences: Collection[Audience]) -> Mapping[Audience, Rows]:
    """Render the rows of these calls once per audience, from the same template as the page."""
    board_calls = call_board.calls_by_id(call_ids)
    rows: dict[Audience, Rows] = {}
    for audience in audiences:
        with translation.override(audience.language):
            rows[audience] = {
                board_call.call.pk: render_to_string(
                    "transfers/_call_row.html",
                    {"board_call": board_call, "may_transfer_any": audience.may_transfer_any},
                )
                for board_call in board_calls
            }
    return rows


hub: LiveHub = make_hub(render_rows)


@require_GET
async def live(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream changes to a signed-in person; `Last-Event-ID` or `?last=` continues after that message."""
    viewer = await sync_to_async(read_viewer)(request)
    if viewer is None:
        return HttpResponse(status=403)
    last_id = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    response = StreamingHttpResponse(_frames(request, viewer, last_id), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _frames(request: HttpRequest, viewer: Viewer, last_id: str) -> AsyncIterator[bytes]:
    """Beat at once, then hand on what the hub tells. Nothing is held before the first frame is asked for."""
    yield BEAT
    subscription = await hub.subscribe(user_id=viewer.user_id, audience=viewer.audience, last_id=last_id)
    check_at = time.monotonic() + CHECK_SECONDS
    try:
        while True:
            try:
                yield await asyncio.wait_for(subscription.frames.get(), timeout=check_at - time.monotonic())
            except TimeoutError:
                if await sync_to_async(read_viewer)(request) != viewer:
                    return
                yield BEAT
                check_at = time.monotonic() + CHECK_SECONDS
    finally:
        hub.unsubscribe(subscription)


def read_viewer(request: HttpRequest) -> Viewer | None:
    """Read anew who is behind the request's session; None when it is over or they may not see the board."""
    # The request's own session is a copy of when it began.
    request.session = type(request.session)(request.session.session_key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active or not user.has_perm("transfers.view_board"):
        return None
    return Viewer(user.pk, Audience(user.language, user.has_perm("transfers.transfer_any_call")))
