"""The transfer panel of one call: pick a destination, read it back, ask for the transfer."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from transfers import directory
from transfers.destination_policy import DestinationRefused
from transfers.forms.transfer_form import TransferForm
from transfers.lifecycle import requests
from transfers.lifecycle.refusals import CallNotFound, DestinationNotInDirectory, RequestRefused
from transfers.models import Call, Destination, Transfer
from transfers.views.board.call_card import render_call_card
from transfers.views.picker import obstacle as picker_obstacle
from transfers.views.picker import rendering
from transfers.views.picker import wish as picker_wish
from transfers.views.signed_in import SignedInRequest

MAY_TRANSFER = ["transfers.view_board", "transfers.request_transfer"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def transfer_panel(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Show the picker of one call, or request its transfer (docs/interface.md, "Transfer": 200, 303, 409, 422, 404)."""
    if request.method == "POST":
        return _request_transfer(request, call_uuid)
    return _show(request, rendering.call_or_404(request.user, call_uuid))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def destination_options(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Search the directory: the list for htmx, else the page again, with a choice read back if one was made.

    Reads `q`, `kind` and `choice`. The page posts them, so that no typed number comes to stand in an address.
    """
    call = rendering.call_or_404(request.user, call_uuid)
    wish = picker_wish.read_wish(_data(request), request.user)
    if request.htmx:
        return render(request, "transfers/picker/_options.html", rendering.list_context(request.user, wish, call=call))
    return _show(request, call)


@require_POST
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def set_favourite(request: SignedInRequest, destination_id: int) -> HttpResponse:
    """Keep a destination on a key 1 to 9 (`is_favourite` = `on`) or free its key; 409 when all nine are taken.

    `call_uuid` names the call of the picker that asks: its list comes back, or the whole page without htmx.
    """
    entry = get_object_or_404(Destination.objects.active().visible_to(request.user), pk=destination_id)
    call_uuid = request.POST.get("call_uuid", "")
    call = None if request.htmx and not call_uuid else rendering.call_or_404(request.user, call_uuid)
    is_favourite = request.POST.get("is_favourite") == "on"
    try:
        directory.set_favourite(user=request.user, destination_id=entry.pk, is_favourite=is_favourite)
        refusal = ""
    except directory.FavouritesFull:
        refusal = _("All nine keys are taken. Remove a favourite first.")
    if request.htmx or call is None:
        wish = picker_wish.read_wish(request.POST, request.user)
        context = {**rendering.list_context(request.user, wish, call=call), "refusal": refusal}
        return render(request, "transfers/picker/_options.html", context, status=409 if refusal else 200)
    if refusal:
        messages.error(request, refusal)
    return _show(request, call)


def _data(request: SignedInRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _request_transfer(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    form = TransferForm(request.POST)
    if not form.is_valid():
        return rendering.show_again(request, call_uuid, form, status=422)
    data = form.cleaned_data
    try:
        transfer = requests.request_transfer(
            user=request.user,
            call_uuid=call_uuid,
            destination_type=data["destination_type"],
            address=data["destination"],
            note=data["note"],
            request_key=data["request_key"],
            destination_id=data["directory_id"],
        )
    except CallNotFound:
        raise Http404 from None
    except DestinationRefused as refusal:
        form.add_error("destination", refusal.reason)
        return rendering.show_again(request, call_uuid, form, status=422)
    except DestinationNotInDirectory:
        form.add_error("destination", _("The directory does not hold this any more, or not for you. Choose again."))
        return rendering.show_again(request, call_uuid, form, status=409)
    except RequestRefused as refusal:
        obstacle = picker_obstacle.obstacle_of_refusal(refusal, request.user)
        return rendering.show_again(request, call_uuid, form, obstacle=obstacle, status=409)
    return _requested(request, transfer)


def _show(request: SignedInRequest, call: Call) -> HttpResponse:
    """Show the picker, with note and key as they were if the page comes from one of its own smaller steps."""
    data = _data(request)
    kept = {"note": picker_wish.kept_note(data, request.user), "request_key": _uuid_or_new(data.get("request_key", ""))}
    return rendering.render_picker(
        request,
        call=call,
        wish=picker_wish.read_wish(data, request.user),
        form=TransferForm(initial=kept),
        obstacle=picker_obstacle.present_obstacle(call, request.user),
    )


def _uuid_or_new(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _requested(request: SignedInRequest, transfer: Transfer) -> HttpResponse:
    if not request.htmx:
        return HttpResponseRedirect(reverse("transfers:transfer-detail", args=[transfer.pk]), status=303)
    response = render_call_card(request)
    # The live update of the same commit may have replaced the card already: aim at the one that is there now.
    reswap(retarget(response, "#call-card"), "outerHTML")
    return trigger_client_event(response, "transfer-requested", {"transferId": transfer.pk})
