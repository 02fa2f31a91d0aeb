"""What a person does with a transfer: send it now, take it back, say whether the caller is still there, close it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from transfers.lifecycle import actions
from transfers.models import Transfer, User
from transfers.views.board.call_card import render_call_card
from transfers.views.signed_in import SignedInRequest


@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def send_transfer(request: SignedInRequest, transfer_id: int) -> HttpResponse:
    """End the grace: the transfer is due now."""
    return _act(request, lambda user: actions.send_transfer_now(user=user, transfer_id=transfer_id))


@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def cancel_transfer(request: SignedInRequest, transfer_id: int) -> HttpResponse:
    """Take the transfer back, or say at once that it is too late."""

    def cancel(user: User) -> Transfer:
        transfer = actions.cancel_transfer(user=user, transfer_id=transfer_id)
        if transfer.sent_at is not None:
            messages.warning(request, _("Too late to undo: the transfer was already under way."))
        return transfer

    return _act(request, cancel)


@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def resolve_transfer(request: SignedInRequest, transfer_id: int) -> HttpResponse:
    """Answer "is the caller still with you?" for an unknown outcome: `caller_still_here` is `yes` or `no`."""
    answer = request.POST.get("caller_still_here")
    if answer not in ("yes", "no"):
        return HttpResponse(_("Say yes or no: is the caller still with you?"), status=422)

    def resolve(user: User) -> Transfer:
        return actions.resolve_transfer(user=user, transfer_id=transfer_id, is_caller_still_here=answer == "yes")

    try:
        return _act(request, resolve)
    except actions.TooEarlyToTell:
        messages.warning(request, _("Please wait a few seconds: the caller may still be moved."))
        return _card_or_detail(request, transfer_id)


@require_POST
@login_required
@permission_required("transfers.request_transfer", raise_exception=True)
def dismiss_transfer(request: SignedInRequest, transfer_id: int) -> HttpResponse:
    """Close a settled transfer on one's own card."""
    return _act(request, lambda user: actions.dismiss_transfer(user=user, transfer_id=transfer_id))


def _act(request: SignedInRequest, action: Callable[[User], Transfer]) -> HttpResponse:
    try:
        transfer = action(request.user)
    except actions.TransferNotFound:
        raise Http404 from None
    return _card_or_detail(request, transfer.pk)


def _card_or_detail(request: SignedInRequest, transfer_id: int) -> HttpResponse:
    if request.htmx:
        return render_call_card(request)
    return redirect("transfers:transfer-detail", transfer_id=transfer_id)
