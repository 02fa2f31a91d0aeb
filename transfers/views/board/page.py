"""The live board: the whole page, and its list of the team's calls as a part."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
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
    """The page an agent keeps open all day. Who only administers is sent to the administrators' site."""
    if request.user.is_staff and not request.user.has_perm("transfers.view_board"):
        return redirect("admin:index")
    return _board_page(request)


@permission_required("transfers.view_board", raise_exception=True)
def _board_page(request: SignedInRequest) -> HttpResponse:
    # Read before the calls: what changes in between is told again by the stream rather than missed.
    last_message_id = publishing.last_message_id()
    card = card_context(request.user)
    own = card["board_call"]
    context = {
        **card,
        **list_context(request.user, own if isinstance(own, calls.BoardCall) else None),
        **_dock_context(request.user, own if isinstance(own, calls.BoardCall) else None),
        "last_message_id": last_message_id,
        "questions": list_questions() if request.user.has_perm("transfers.decide_approvals") else [],
    }
    return render(request, "transfers/board/page.html", context)


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def call_list(request: SignedInRequest) -> HttpResponse:
    """The team's calls alone, for a board that has to catch up."""
    return render(request, "transfers/board/_call_list.html", list_context(request.user, calls.own_call(request.user)))


@never_cache
@require_GET
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def transfer_dock(request: SignedInRequest) -> HttpResponse:
    """The dock alone, fetched anew when the own call became transferable or ceased to be."""
    return render(
        request, "transfers/board/_transfer_dock.html", _dock_context(request.user, calls.own_call(request.user))
    )


def _dock_context(user: User, own: calls.BoardCall | None) -> dict[str, object]:
    return {
        "call": own.call if own else None,
        "is_transferable": own is not None and own.is_transferable,
        "favourites": directory.favourites_of(user),
        "recents": directory.recents_of(user),
    }
