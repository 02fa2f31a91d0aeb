"""The transfer panel of one call: choose a destination, have it read back, request the transfer."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget, trigger_client_event

from transfers.destination_policy import DestinationRefused
from transfers.forms.transfer_form import TransferForm
from transfers.lifecycle.refusals import CallNotFound, DestinationNotInDirectory, RequestRefused
from transfers.lifecycle.requests import request_transfer
from transfers.models import Transfer
from transfers.views.board.call_card import render_call_card
from transfers.views.picker.access import MAY_TRANSFER, call_or_404
from transfers.views.picker.obstacle import obstacle_of_refusal
from transfers.views.picker.query import read_query
from transfers.views.picker.rendering import list_context, posted_or_queried, show_again, show_picker
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def transfer_panel(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Show the picker of one call, or request its transfer (docs/interface.md, "Transfer": 200, 303, 409, 422, 404)."""
    if request.method == "POST":
        return _request_transfer(request, call_uuid)
    return show_picker(request, call_or_404(request.user, call_uuid))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def destination_options(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Search the directory: the list for htmx, else the page again, with a choice read back if one was made.

    Reads `q`, `kind` and `choice`. The page posts them, so that no address contains a typed number.
    """
    call = call_or_404(request.user, call_uuid)
    if not request.htmx:
        return show_picker(request, call)
    query = read_query(posted_or_queried(request), request.user)
    return render(request, "transfers/picker/_options.html", list_context(request.user, query, call=call))


def _request_transfer(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    form = TransferForm(request.POST)
    if not form.is_valid():
        return show_again(request, call_uuid, form, status=422)
    try:
        transfer = _request_as_typed(request, call_uuid, form.cleaned_data)
    except CallNotFound:
        raise Http404 from None
    except DestinationRefused as refusal:
        form.add_error("destination", refusal.reason)
        return show_again(request, call_uuid, form, status=422)
    except DestinationNotInDirectory:
        form.add_error("destination", _("The directory does not hold this any more, or not for you. Choose again."))
        return show_again(request, call_uuid, form, status=409)
    except RequestRefused as refusal:
        obstacle = obstacle_of_refusal(refusal, request.user)
        return show_again(request, call_uuid, form, status=409, obstacle=obstacle)
    return _lead_to(transfer, request)


def _request_as_typed(request: SignedInRequest, call_uuid: str, data: Mapping[str, Any]) -> Transfer:
    return request_transfer(
        user=request.user,
        call_uuid=call_uuid,
        destination_type=data["destination_type"],
        address=data["destination"],
        note=data["note"],
        request_key=data["request_key"],
        destination_id=data["directory_id"],
    )


def _lead_to(transfer: Transfer, request: SignedInRequest) -> HttpResponse:
    if not request.htmx:
        return HttpResponseRedirect(reverse("transfers:transfer-detail", args=[transfer.pk]), status=303)
    response = render_call_card(request)
    # The live update of the same commit may have replaced the card already, so the target is named anew.
    reswap(retarget(response, "#call-card"), "outerHTML")
    return trigger_client_event(response, "transfer-requested", {"transferId": transfer.pk})
