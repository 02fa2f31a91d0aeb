"""Saves what the signed-in person set in their menu."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from transfers.forms.preferences import PreferencesForm
from transfers.models import User


def _way_back(request: HttpRequest) -> str:
    """Return the page the person came from, if it is one of ours, else the page after sign-in."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else resolve_url("transfers:call-board")


@require_POST
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Save the posted fields of `PreferencesForm`. Leads back to `next`; 204 for htmx; 422 for an unknown value."""
    form = PreferencesForm(request.POST, instance=cast(User, request.user))
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422, content_type="text/plain; charset=utf-8")
    form.instance.save(update_fields=list(form.cleaned_data))
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect(_way_back(request))
