"""Redirects between the pages of an import, which only the person who uploaded it may see."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from transfers.directory.files.importing import ImportGone
from transfers.views.signed_in import SignedInRequest

ImportView = Callable[[SignedInRequest, int], HttpResponse]


def of_own_import(view: ImportView) -> ImportView:
    """Decorate a view: redirect to a new import if this person has no such import."""

    @wraps(view)
    def view_or_begin_anew(request: SignedInRequest, import_id: int) -> HttpResponse:
        try:
            return view(request, import_id)
        except ImportGone:
            messages.error(request, _("This import is not there any more: applied, discarded, or older than a day."))
            return lead_to(reverse("transfers:directory-import-new"), request)

    return view_or_begin_anew


def lead_to_import(import_id: int, request: SignedInRequest) -> HttpResponse:
    """Redirect to the page of an import: its progress or its preview."""
    return lead_to(reverse("transfers:directory-import", args=[import_id]), request)


def lead_to(address: str, request: SignedInRequest) -> HttpResponse:
    """Redirect, also a request by htmx."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)
