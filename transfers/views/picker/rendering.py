"""The picker as three views show it: the list, the dialog around it, the page that needs no script."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django_htmx.http import reswap, retarget

from transfers import directory
from transfers.forms.picker_form import PickerForm
from transfers.lifecycle.refusals import CallNotFound
from transfers.lifecycle.transferable import transferable_call
from transfers.models import Call, DestinationType, User
from transfers.views.picker.obstacle import Obstacle
from transfers.views.picker.wish import Wish, read_wish, searching_for_address, standing_on
from transfers.views.signed_in import SignedInRequest

LISTED = 20
"""Whoever searches types one letter more rather than read on; each line costs time while they type."""

KINDS: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("All")),
    (DestinationType.EXTERNAL_NUMBER, gettext_lazy("Phone numbers")),
    (DestinationType.SIP_USER, gettext_lazy("SIP users")),
    (DestinationType.SIP_TRUNK, gettext_lazy("SIP trunks")),
]


def _search(user: User, wish: Wish, call: Call | None) -> dict[str, Any]:
    results = directory.find_destinations(
        user=user,
        text=wish.text,
        destination_type=wish.kind,
        limit=LISTED,
        call=call,
    )
    options = [option for group in results.groups for option in group.options]
    selected = next((option for option in options if wish.is_for(option)), None)
    return {"text": wish.text, "kind": wish.kind, "results": results, "selected": selected}


def list_context(user: User, wish: Wish, *, call: Call | None) -> dict[str, Any]:
    """Return the context of `_options.html`: call, text, kind, the results, and the option they stand on."""
    found = _search(user, wish, call)
    if found["selected"] is None and wish.address and not wish.text:
        found = _search(user, searching_for_address(wish), call)
    return {**found, "call": call}


def render_picker(
    request: SignedInRequest,
    *,
    call: Call,
    wish: Wish,
    form: PickerForm,
    obstacle: Obstacle | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the picker: the dialog for htmx, else the whole page that needs no script."""
    context = {
        **list_context(request.user, wish, call=call),
        "form": form,
        "kinds": KINDS,
        "obstacle": obstacle,
        "undo_seconds": settings.TRANSFER_UNDO_SECONDS,
    }
    template = "transfers/picker/_picker.html" if request.htmx else "transfers/picker/panel.html"
    return render(request, template, context, status=status)


def show_again(
    request: SignedInRequest, call_uuid: str, form: PickerForm, *, obstacle: Obstacle | None = None, status: int
) -> HttpResponse:
    """Render the picker with everything that was typed; the destination that was asked for is selected."""
    call = call_or_404(request.user, call_uuid)
    wish = standing_on(read_wish(request.POST, request.user), form.asked_type, form.asked_address)
    response = render_picker(request, call=call, wish=wish, form=form, obstacle=obstacle, status=status)
    if request.htmx:
        reswap(retarget(response, "#dest-picker"), "outerHTML")
    return response


def call_or_404(user: User, call_uuid: str) -> Call:
    """Return the call if this person may transfer it; raises `Http404` for any other."""
    try:
        return transferable_call(user=user, call_uuid=call_uuid)
    except CallNotFound:
        raise Http404 from None
