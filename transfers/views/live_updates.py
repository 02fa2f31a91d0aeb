"""The event stream of the board: rows as they change, a beat every 15 s, and an end when the right to see them ends."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET

from transfers import call_board
from transfers.live_hub import Audience, LiveHub, Rows, Subscription, make_hub
from transfers.models import User

BEAT_SECONDS = 15.0
BEAT = b"event: beat\ndata: {}\n\n"


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
    user = await sync_to_async(_viewer)(request)
    if user is None:
        return HttpResponse(status=403)
    audience = Audience(translation.get_language() or "en", await sync_to_async(_may_transfer_any)(user))
    last_id = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    subscription = await hub.subscribe(user_id=user.pk, audience=audience, last_id=last_id)
    response = StreamingHttpResponse(_frames(request, subscription), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _frames(request: HttpRequest, subscription: Subscription) -> AsyncIterator[bytes]:
    try:
        yield BEAT
        while True:
            try:
                yield await asyncio.wait_for(subscription.frames.get(), timeout=BEAT_SECONDS)
            except TimeoutError:
                if await sync_to_async(_viewer)(request) is None:
                    return
                yield BEAT
    finally:
        hub.unsubscribe(subscription)


def _viewer(request: HttpRequest) -> User | None:
    """The person behind the request if their session and right still hold, read anew from the database."""
    if not request.session.exists(request.session.session_key or ""):
        return None
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active and user.has_perm("transfers.view_board") else None


def _may_transfer_any(user: User) -> bool:
    return user.has_perm("transfers.transfer_any_call")
