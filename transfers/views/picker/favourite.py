"""Puts a destination on one of the keys 1 to 9, from the picker's list."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from transfers import directory
from transfers.models import Call, Destination
from transfers.views.picker.access import MAY_TRANSFER, call_or_404
from transfers.views.picker.query import read_query
from transfers.views.picker.rendering import list_context, show_picker
from transfers.views.signed_in import SignedInRequest


@require_POST
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def set_favourite(request: SignedInRequest, destination_id: int) -> HttpResponse:
    """Put a destination on a key 1 to 9 (`is_favourite` = `on`) or free its key; 409 when all nine are taken.

    `call_uuid` names the call of the picker. The answer is its list, or without htmx the whole page.
    """
    destination = get_object_or_404(Destination.objects.usable_by(request.user), pk=destination_id)
    call_uuid = request.POST.get("call_uuid", "")
    call = None if request.htmx and not call_uuid else call_or_404(request.user, call_uuid)
    refusal = _set_favourite(request, destination)
    if request.htmx or call is None:
        return _show_list(request, call, refusal)
    if refusal:
        messages.error(request, refusal)
    return show_picker(request, call)


def _set_favourite(request: SignedInRequest, destination: Destination) -> str:
    """Return why it was refused, or an empty text."""
    is_favourite = request.POST.get("is_favourite") == "on"
    try:
        directory.set_favourite(user=request.user, destination_id=destination.pk, is_favourite=is_favourite)
    except directory.FavouritesFull:
        return _("All nine keys are taken. Remove a favourite first.")
    return ""


def _show_list(request: SignedInRequest, call: Call | None, refusal: str) -> HttpResponse:
    query = read_query(request.POST, request.user)
    context = {**list_context(request.user, query, call=call), "refusal": refusal}
    return render(request, "transfers/picker/_options.html", context, status=409 if refusal else 200)
