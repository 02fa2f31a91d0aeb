"""A supervisor's second click: the open questions, the withdrawal of one, and the supervisor's answer."""

from dataclasses import dataclass

import phonenumbers
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from transfers.audit_log.sentences import reason_text
from transfers.destination_policy import DestinationRefused, country_name
from transfers.lifecycle import approvals
from transfers.lifecycle.open_questions import open_questions
from transfers.lifecycle.refusals import CallNotFound, RequestRefused, RightLost
from transfers.models import Approval
from transfers.views.board.call_card import render_call_card
from transfers.views.picker.access import MAY_TRANSFER
from transfers.views.picker.obstacle import obstacle_of_refusal
from transfers.views.signed_in import SignedInRequest


@dataclass(frozen=True)
class Question:
    """An open question with its reason, and the country of its number, in the reader's language."""

    approval: Approval
    reason: str
    country: str


@never_cache
@require_POST
@login_required
@permission_required(MAY_TRANSFER, raise_exception=True)
def withdraw_approval(request: SignedInRequest, approval_id: int) -> HttpResponse:
    """Take back one's own question. If it was answered before, the card shows the answer (409)."""
    try:
        approvals.withdraw(user=request.user, approval_id=approval_id)
    except approvals.ApprovalNotPending:
        return _answer_agent(
            request, _("The question has been answered meanwhile, or is not open any more."), status=409
        )
    return _answer_agent(request, "", status=200)


@never_cache
@require_GET
@login_required
@permission_required("transfers.decide_approvals", raise_exception=True)
def approval_list(request: SignedInRequest) -> HttpResponse:
    """Show the open questions as a part of the board."""
    return _show_questions(request)


@never_cache
@require_POST
@login_required
@permission_required("transfers.decide_approvals", raise_exception=True)
def decide_approval(request: SignedInRequest, approval_id: int) -> HttpResponse:
    """Answer a question: `answer` is `agree` or `refuse` (docs/interface.md, "Transfer": 200, 302, 409, 422)."""
    decide = {"agree": approvals.grant, "refuse": approvals.refuse}.get(request.POST.get("answer", ""))
    if decide is None:
        return _answer_supervisor(request, _("Choose whether you agree."), status=422)
    try:
        decide(user=request.user, approval_id=approval_id)
    except approvals.ApprovalNotPending:
        return _answer_supervisor(request, _("This question is not open any more. Nothing was done."), status=409)
    except (CallNotFound, RightLost):
        return _answer_supervisor(request, _("The agent may no longer do this."), status=409)
    except DestinationRefused as refusal:
        return _answer_supervisor(request, refusal.reason, status=409)
    except RequestRefused as refusal:
        obstacle = obstacle_of_refusal(refusal, request.user)
        return _answer_supervisor(request, f"{obstacle.title}. {obstacle.text}", status=409)
    return _answer_supervisor(request, "", status=200)


def list_questions() -> list[Question]:
    """Return the open questions as a supervisor reads them, oldest first."""
    return [_question(approval) for approval in open_questions()]


def _question(approval: Approval) -> Question:
    return Question(approval, reason_text(approval.reason_code), _country(approval.destination))


def _country(address: str) -> str:
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(address))
    except phonenumbers.NumberParseException:
        return ""
    return country_name(region) if region and region != "001" else ""


def _show_questions(request: SignedInRequest, status: int = 200) -> HttpResponse:
    return render(request, "transfers/board/_approvals.html", {"questions": list_questions()}, status=status)


def _answer_supervisor(request: SignedInRequest, problem: str, *, status: int) -> HttpResponse:
    if problem:
        messages.error(request, problem)
    return _show_questions(request, status) if request.htmx else redirect("transfers:call-board")


def _answer_agent(request: SignedInRequest, problem: str, *, status: int) -> HttpResponse:
    if problem:
        messages.error(request, problem)
    if not request.htmx:
        return redirect("transfers:call-board")
    response = render_call_card(request)
    response.status_code = status
    return trigger_client_event(response, "transfer-requested", {})
