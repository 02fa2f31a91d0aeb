"""Saves what the signed-in person set above the list of calls, so that the board looks the same tomorrow."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from transfers.forms.board_choices import BoardChoicesForm
from transfers.models import User
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_POST
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def board_choices(request: SignedInRequest) -> HttpResponse:
    """Save all choices. Leads back to the board; 204 for the script of the list; 422 for an unknown value."""
    form = BoardChoicesForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422, content_type="text/plain; charset=utf-8")
    User.objects.filter(pk=request.user.pk).update(board_choices=asdict(form.choices()))
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect("transfers:call-board")
