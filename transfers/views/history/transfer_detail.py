"""The page of one transfer, with all its entries in the audit log."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from transfers import history
from transfers.audit_log import TrailEntry, trail_of_transfer
from transfers.audit_log.texts import AuditLine, describe_entry, evidence_post_id
from transfers.audit_log.trail_check import check_trail
from transfers.forms.history_filter import HistoryFilterForm
from transfers.lifecycle import texts
from transfers.lifecycle.states import with_deadlines_applied
from transfers.models import CallEvent, CallState, ServiceNumber, Transfer, TransferState
from transfers.views.signed_in import SignedInRequest

MAX_OTHER_TRANSFERS = 20


@require_safe
@never_cache
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def transfer_detail(request: SignedInRequest, transfer_id: int) -> HttpResponse:
    """Show one transfer, or 404 if this person may not see it. The filter in the address selects its neighbours."""
    user = request.user
    transfer = with_deadlines_applied(
        get_object_or_404(history.visible_transfers(user).select_related("call"), pk=transfer_id)
    )
    others = history.visible_transfers(user).filter(call=transfer.call_id).exclude(pk=transfer.pk).order_by("pk")
    context = {
        "transfer": transfer,
        "destination_label": texts.destination_label(transfer),
        **_outcome(transfer),
        "service_name": _service_name(transfer),
        "seconds_before": _seconds_between(transfer.call.connected_at, transfer.requested_at),
        "lines": _audit_lines(trail_of_transfer(transfer.pk)),
        "report": check_trail(transfer.pk),
        "checked_at": timezone.now(),
        "is_unresolved": history.unresolved_transfers(user).filter(pk=transfer.pk).exists(),
        "times": _times(transfer),
        "other_transfers": others[:MAX_OTHER_TRANSFERS],
        **_neighbours(request, transfer),
        "shows_all": user.has_perm("transfers.view_all_transfers"),
    }
    return render(request, "transfers/history/transfer_detail.html", context)


def _neighbours(request: SignedInRequest, transfer: Transfer) -> dict[str, Any]:
    """Return the neighbours within the filter of the address; invalid values of it are ignored."""
    form = HistoryFilterForm(request.GET, user=request.user)
    form.is_valid()
    filtered = history.filtered_transfers(user=request.user, filters=form.filters)
    newer_id, older_id = history.neighbours(filtered, transfer)
    return {"newer_id": newer_id, "older_id": older_id, "query": form.query()}


def _outcome(transfer: Transfer) -> dict[str, Any]:
    """Return the outcome; the advice only while the call is live, because it speaks to an agent on the phone."""
    is_over = transfer.call.state == CallState.ENDED and transfer.state != TransferState.CANCELLED
    return {
        "outcome_title": texts.outcome_title(transfer),
        "outcome_text": "" if is_over else texts.outcome_text(transfer),
        "answered_after": transfer.ring_seconds if transfer.state == TransferState.ANSWERED else None,
    }


def _service_name(transfer: Transfer) -> str:
    names = ServiceNumber.objects.filter(number=transfer.call.called_number).values_list("name", flat=True)
    return names.first() or "" if transfer.call.called_number else ""


def _audit_lines(trail: list[TrailEntry]) -> list[AuditLine]:
    post_ids = {post_id for entry in trail if (post_id := evidence_post_id(entry))}
    posts = dict(CallEvent.objects.filter(pk__in=post_ids).values_list("pk", "body")) if post_ids else {}
    return [describe_entry(entry, posts=posts) for entry in trail]


def _times(transfer: Transfer) -> dict[str, float | None]:
    """Return how many seconds each step took; None for a step that was not taken or is not known."""
    return {
        "requested_to_sent": _seconds_between(transfer.requested_at, transfer.sent_at),
        "sent_to_accepted": _seconds_between(transfer.sent_at, transfer.accepted_at),
    }


def _seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    return max(end - start, timedelta(0)).total_seconds() if start and end else None
