"""The picker's second button: ask a supervisor whether the call may go to a number that the policy alone refuses."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from transfers.destination_policy import DestinationRefused
from transfers.forms.question_form import QuestionForm
from transfers.lifecycle import approvals
from transfers.lifecycle.refusals import CallNotFound, RequestRefused
from transfers.views.board.call_card import render_call_card
from transfers.views.picker.access import MAY_TRANSFER
from transfers.views.picker.obstacle import obstacle_of_refusal
from transfers.views.picker.rendering import show_again
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_POST
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def ask_supervisor(request: SignedInRequest, call_uuid: str) -> HttpResponse:
    """Ask whether the call may go to `asked_destination` (docs/interface.md: 200, 302, 409, 422, 404)."""
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return show_again(request, call_uuid, form, status=422)
    try:
        _ask_as_typed(request, call_uuid, form.cleaned_data)
    except CallNotFound:
        raise Http404 from None
    except DestinationRefused as refusal:
        form.add_error("asked_destination", refusal.reason)
        return show_again(request, call_uuid, form, status=422)
    except RequestRefused as refusal:
        obstacle = obstacle_of_refusal(refusal, request.user)
        return show_again(request, call_uuid, form, status=409, obstacle=obstacle)
    return _show_card(request)


def _ask_as_typed(request: SignedInRequest, call_uuid: str, data: Mapping[str, Any]) -> None:
    approvals.ask_supervisors(
        user=request.user,
        call_uuid=call_uuid,
        destination_type=data["destination_type"],
        address=data["asked_destination"],
        note=data["note"],
        request_key=data["request_key"],
    )


def _show_card(request: SignedInRequest) -> HttpResponse:
    if not request.htmx:
        return redirect("transfers:call-board")
    return trigger_client_event(render_call_card(request), "transfer-requested", {})
