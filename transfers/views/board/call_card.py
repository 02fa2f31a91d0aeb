"""The person's own call: its card, and taking a call or giving it up."""

import math

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from transfers import calls, directory
from transfers.lifecycle import approvals
from transfers.lifecycle.states import with_deadlines_applied
from transfers.models import Transfer, TransferState, User
from transfers.views.signed_in import SignedInRequest

NEXT_BEST_KEYS = "ABC"


def card_context(user: User) -> dict[str, object]:
    """Return what `_call_card.html` shows: the own call, its transfer's progress, and what came before."""
    board_call = calls.own_call(user)
    shown = board_call.shown_transfer if board_call else None
    told = with_deadlines_applied(shown) if shown and shown.state == TransferState.SENDING else shown
    progress = calls.describe_progress(told) if told else None
    is_own_transfer = shown is not None and shown.agent_id == user.pk
    is_transferable = board_call is not None and board_call.is_transferable
    announced = calls.announced_to(user)
    is_busy = board_call is not None and announced is not None and board_call.call != announced.transfer.call
    return {
        "now": timezone.now(),
        "board_call": board_call,
        "transfer": told,
        "progress": progress,
        "is_own_transfer": is_own_transfer,
        "next_best": _next_best(user, shown) if is_transferable and is_own_transfer and shown else [],
        "is_released": shown is not None and calls.is_without_news(shown),
        "grace_seconds": settings.TRANSFER_UNDO_SECONDS,
        "grace_left": math.ceil(shown.seconds_until_due) if shown else 0,
        "due": shown.due_at.isoformat() if shown else "",
        "refresh_seconds": _refresh_seconds(shown) if shown else None,
        "earlier_call": calls.earlier_call_today(board_call.call) if board_call else None,
        **_question_context(user, board_call),
        "hand_over": calls.hand_over_of(board_call.call, user) if board_call else None,
        "announced": None if is_busy else announced,
        "last_call": None if board_call else calls.last_own_call(user),
    }


def _next_best(user: User, shown: Transfer) -> list[tuple[str, directory.Option]]:
    """Return where to try next after a failure, each with its key."""
    return list(zip(NEXT_BEST_KEYS, directory.next_best(user=user, transfer=shown), strict=False))


def _question_context(user: User, board_call: calls.BoardCall | None) -> dict[str, object]:
    approval = approvals.shown_to_agent(user, board_call.call) if board_call else None
    return {"approval": approval, "approval_is_over": approval is not None and approvals.is_too_old(approval)}


def _refresh_seconds(shown: Transfer) -> int | None:
    """After how many seconds the card changes without any event: a transfer's news stays for a set time only."""
    changes_at = calls.card_changes_at(shown)
    return max(1, math.ceil((changes_at - timezone.now()).total_seconds())) if changes_at else None


def render_call_card(request: SignedInRequest) -> HttpResponse:
    """Render the card of the signed-in person as a part."""
    return render(request, "transfers/board/_call_card.html", card_context(request.user))


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def call_card(request: SignedInRequest) -> HttpResponse:
    """The card alone, fetched anew when something about it changed."""
    return render_call_card(request)


@never_cache
@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def take_call(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Make a call that is nobody's the signed-in person's own; 409 when somebody was quicker."""
    taken = calls.take_call(user=request.user, call_uuid=call_uuid)
    return _card_or_board(request, status=200 if taken else 409)


@never_cache
@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def give_up_call(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Make the signed-in person's call nobody's again; 404 when it is not theirs."""
    if not calls.give_up_call(user=request.user, call_uuid=call_uuid):
        raise Http404
    return _card_or_board(request, status=200)


def _card_or_board(request: SignedInRequest, *, status: int) -> HttpResponse:
    if not request.htmx:
        return redirect("transfers:call-board")
    response = render_call_card(request)
    response.status_code = status
    return response
