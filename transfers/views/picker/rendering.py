"""Renders the picker: its list, the dialog around the list, and the page that needs no script."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django_htmx.http import reswap, retarget

from transfers import directory
from transfers.forms.picker_form import PickerForm
from transfers.forms.transfer_form import TransferForm
from transfers.models import Call, DestinationType, User
from transfers.views.picker.access import call_or_404
from transfers.views.picker.obstacle import Obstacle, present_obstacle
from transfers.views.picker.query import PickerQuery, read_note, read_query
from transfers.views.signed_in import SignedInRequest

LISTED = 20
"""Options in the list. Each costs time while a person types, and they type another letter rather than read on."""

KINDS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("All")),
    (DestinationType.EXTERNAL_NUMBER, gettext_lazy("Phone numbers")),
    (DestinationType.SIP_USER, gettext_lazy("SIP users")),
    (DestinationType.SIP_TRUNK, gettext_lazy("SIP trunks")),
]


def posted_or_queried(request: SignedInRequest) -> QueryDict:
    """Return the fields of the form, or of the address. The page posts them, links have them in the address."""
    return request.POST if request.method == "POST" else request.GET


def list_context(user: User, query: PickerQuery, *, call: Call | None) -> dict[str, Any]:
    """Return the context of `_options.html`: call, text, kind, the results, and the selected option."""
    found = _search(user, query, call)
    if found["selected"] is None and query.address and not query.text:
        found = _search(user, query.searching_for_address(), call)
    return {**found, "call": call}


def show_picker(request: SignedInRequest, call: Call) -> HttpResponse:
    """Render the picker of a call. A search or a favourite without script comes here: note and key are kept."""
    data = posted_or_queried(request)
    kept = {"note": read_note(data, request.user), "request_key": _uuid_or_new(data.get("request_key", ""))}
    return _render(
        request,
        call,
        query=read_query(data, request.user),
        form=TransferForm(initial=kept),
        obstacle=present_obstacle(call, request.user),
    )


def show_again(
    request: SignedInRequest, call_uuid: str, form: PickerForm, *, status: int, obstacle: Obstacle | None = None
) -> HttpResponse:
    """Render the picker with everything that was typed, and with the destination that was asked for selected.

    Raises `Http404` for a call that this person may not transfer.
    """
    call = call_or_404(request.user, call_uuid)
    query = read_query(request.POST, request.user).selecting(form.asked_type, form.asked_address)
    response = _render(request, call, query=query, form=form, obstacle=obstacle, status=status)
    if request.htmx:
        reswap(retarget(response, "#dest-picker"), "outerHTML")
    return response


def _search(user: User, query: PickerQuery, call: Call | None) -> dict[str, Any]:
    results = directory.find_destinations(
        user=user, text=query.text, destination_type=query.kind, limit=LISTED, call=call
    )
    options = [option for group in results.groups for option in group.options]
    selected = next((option for option in options if query.selects(option)), None)
    return {"text": query.text, "kind": query.kind, "results": results, "selected": selected}


def _render(
    request: SignedInRequest,
    call: Call,
    *,
    query: PickerQuery,
    form: PickerForm,
    obstacle: Obstacle | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **list_context(request.user, query, call=call),
        "form": form,
        "kinds": KINDS,
        "obstacle": obstacle,
        "undo_seconds": settings.TRANSFER_UNDO_SECONDS,
    }
    template = "transfers/picker/_picker.html" if request.htmx else "transfers/picker/panel.html"
    return render(request, template, context, status=status)


def _uuid_or_new(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
