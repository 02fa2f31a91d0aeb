"""The live board: the whole page, and its list of the team's calls as a part."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from transfers import calls, directory
from transfers.live import publishing
from transfers.models import User
from transfers.views.board.approvals import list_questions
from transfers.views.board.call_card import card_context
from transfers.views.board.call_list import list_context
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_GET
@login_required
def call_board(request: SignedInRequest) -> HttpResponse:
    """Show the page that an agent keeps open all day. An administrator without the board goes to the admin site."""
    if request.user.is_staff and not request.user.has_perm("transfers.view_board"):
        return redirect("admin:index")
    return _board_page(request)


@permission_required("transfers.view_board", raise_exception=True)
def _board_page(request: SignedInRequest) -> HttpResponse:
    # Read before the calls: the stream repeats what changes in between, and nothing is missed.
    last_message_id = publishing.last_message_id()
    own = calls.own_call(request.user)
    context = {
        **card_context(request.user, own),
        **list_context(request.user, own),
        **_dock_context(request.user, own),
        "last_message_id": last_message_id,
        "now": timezone.now(),
        "questions": list_questions() if request.user.has_perm("transfers.decide_approvals") else [],
    }
    return render(request, "transfers/board/page.html", context)


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def call_list(request: SignedInRequest) -> HttpResponse:
    """Show the list of the team's calls alone, for a board that has to fetch it again."""
    context = list_context(request.user, calls.own_call(request.user))
    return render(request, "transfers/board/_call_list.html", context)


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def transfer_dock(request: SignedInRequest) -> HttpResponse:
    """Show the dock alone, for a board whose own call has become transferable or is no longer."""
    context = _dock_context(request.user, calls.own_call(request.user))
    return render(request, "transfers/board/_transfer_dock.html", context)


def _dock_context(user: User, own: calls.BoardCall | None) -> dict[str, object]:
    return {
        "call": own.call if own else None,
        "is_transferable": own is not None and own.is_transferable,
        "favourites": directory.favourites_of(user),
        "recents": directory.recents_of(user),
    }
