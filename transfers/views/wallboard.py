"""The wallboard: the whole page, and its parts for the page that updates itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from transfers.live import publishing
from transfers.views.signed_in import SignedInRequest
from transfers.wallboard import Wallboard, read_wallboard
from transfers.wallboard.hour_chart import draw_hours
from transfers.wallboard.outcome_bar import draw_outcomes
from transfers.wallboard.texts import compare_with_last_week, describe_hours, last_weekday

SLOTS = 3
"""The places for waiting calls. Further calls are only counted."""
ROOMY_UNTIL = 13
"""Up to this number of people, rows are large; above it they are small."""


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_all_transfers", raise_exception=True)
def wallboard(request: SignedInRequest) -> HttpResponse:
    """Show the page for a screen on the wall."""
    # Read before the figures, so that the stream repeats a change in between and none is lost.
    last_message_id = publishing.last_message_id()
    return render(request, "transfers/wallboard/page.html", {**_context(), "last_message_id": last_message_id})


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_all_transfers", raise_exception=True)
def wallboard_parts(request: SignedInRequest) -> HttpResponse:
    """Return all parts that change, each to replace its predecessor on the page."""
    return render(request, "transfers/wallboard/_parts.html", {**_context(), "is_update": True})


def _context() -> dict[str, object]:
    board = read_wallboard()
    return {
        "now": timezone.now(),
        "time_zone": settings.TIME_ZONE,
        "board": board,
        **_waiting_context(board),
        **_day_context(board),
        "density": "roomy" if len(board.places) <= ROOMY_UNTIL else "dense",
        "changes_in": max(0.0, (board.changes_at - timezone.now()).total_seconds()),
        "version": " ".join(static(name) for name in ("js/wallboard.js", "css/wallboard.css")),
    }


def _waiting_context(board: Wallboard) -> dict[str, object]:
    waiting = board.live.waiting
    return {
        "waiting": waiting[:SLOTS],
        "more_waiting": max(0, len(waiting) - SLOTS),
        "empty_slots": range(SLOTS - len(waiting)),
    }


def _day_context(board: Wallboard) -> dict[str, object]:
    day = board.day
    hour_now = timezone.localtime(board.now).hour
    chart = draw_hours(today=day.hours, last_week=day.last_week_hours, hour_now=hour_now)
    return {
        "day": day,
        "outcomes": day.outcomes,
        "chart": chart,
        "chart_sentence": describe_hours(chart, day),
        "segments": draw_outcomes(day.outcomes),
        "comparison": compare_with_last_week(day),
        "last_weekday": last_weekday(day),
    }
