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
from transfers.lifecycle.open_questions import is_too_old, question_on_card
from transfers.lifecycle.states import with_deadlines_applied
from transfers.models import Call, Transfer, TransferState, User
from transfers.views.signed_in import SignedInRequest

NEXT_BEST_KEYS = "ABC"


def card_context(user: User, own: calls.BoardCall | None) -> dict[str, object]:
    """Return the context of `_call_card.html` for a person's own call, or for a person who has none."""
    announced = calls.announced_to(user)
    if own is None:
        return {"board_call": None, "announced": announced, "last_call": calls.last_own_call(user)}
    is_other_call = announced is not None and announced.transfer.call != own.call
    return {
        "board_call": own,
        "earlier_call": calls.earlier_call_today(own.call),
        "hand_over": calls.hand_over_of(own.call, user),
        "announced": None if is_other_call else announced,
        **_question_context(user, own.call),
        **(_transfer_context(user, own, own.shown_transfer) if own.shown_transfer else {}),
    }


def _question_context(user: User, call: Call) -> dict[str, object]:
    approval = question_on_card(user, call)
    return {"approval": approval, "approval_is_over": approval is not None and is_too_old(approval)}


def _transfer_context(user: User, own: calls.BoardCall, shown: Transfer) -> dict[str, object]:
    # `describe_progress` itself says that a request is overdue; only a lost claim needs the deadline applied.
    transfer = with_deadlines_applied(shown) if shown.state == TransferState.SENDING else shown
    is_own_transfer = shown.agent_id == user.pk
    return {
        "transfer": transfer,
        "progress": calls.describe_progress(transfer),
        "is_own_transfer": is_own_transfer,
        "is_released": calls.is_without_news(shown),
        "next_best": _next_best(user, shown) if own.is_transferable and is_own_transfer else [],
        "grace_seconds": settings.TRANSFER_UNDO_SECONDS,
        "grace_left": math.ceil(shown.seconds_until_due),
        "due": shown.due_at.isoformat(),
        "refresh_seconds": _refresh_seconds(shown),
    }


def _next_best(user: User, shown: Transfer) -> list[tuple[str, directory.Option]]:
    """Return up to three destinations to try after a failure, each with its key."""
    return list(zip(NEXT_BEST_KEYS, directory.next_best(user=user, transfer=shown), strict=False))


def _refresh_seconds(shown: Transfer) -> int | None:
    """Return after how many seconds the card changes without any event, None if it does not."""
    changes_at = calls.card_changes_at(shown)
    return max(1, math.ceil((changes_at - timezone.now()).total_seconds())) if changes_at else None


def render_call_card(request: SignedInRequest) -> HttpResponse:
    """Render the card of the signed-in person's call as a part."""
    context = card_context(request.user, calls.own_call(request.user))
    return render(request, "transfers/board/_call_card.html", context)


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def call_card(request: SignedInRequest) -> HttpResponse:
    """Show the card alone, for a board that has to fetch it again."""
    return render_call_card(request)


@never_cache
@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def take_call(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Assign a call without an agent to the signed-in person; 409 when somebody else was faster."""
    taken = calls.take_call(user=request.user, call_uuid=call_uuid)
    return _card_or_board(request, status=200 if taken else 409)


@never_cache
@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def give_up_call(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Remove the signed-in person from their call; 404 when it is not their call."""
    if not calls.give_up_call(user=request.user, call_uuid=call_uuid):
        raise Http404
    return _card_or_board(request, status=200)


def _card_or_board(request: SignedInRequest, *, status: int) -> HttpResponse:
    if not request.htmx:
        return redirect("transfers:call-board")
    response = render_call_card(request)
    response.status_code = status
    return response
