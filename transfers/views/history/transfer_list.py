"""The history of transfers: one filtered page, the search for a caller, and the export as a file."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from transfers import audit_log, history
from transfers.audit_log import AuditAction
from transfers.forms.find_caller import FindCallerForm
from transfers.forms.history_choices import PERIODS
from transfers.forms.history_filter import HistoryFilterForm
from transfers.models import ResolvedBy, Transfer
from transfers.views.signed_in import SignedInRequest


@require_safe
@never_cache
@vary_on_headers("HX-Request")
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def transfer_history(request: SignedInRequest) -> HttpResponse:
    """Show one page of the history, or only its table for htmx. A wrong value in the address is named and ignored."""
    return _render_history(request, find_form=FindCallerForm())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def find_caller(request: SignedInRequest) -> HttpResponse:
    """Redirect to the history of the caller whose number was posted, with the other filters of the form.

    The address contains the digest of the number, not the number. An unreadable number shows the form again with 422.
    """
    form = _read_filter(request)
    find_form = FindCallerForm(request.POST if request.method == "POST" else {})
    if not find_form.is_valid():
        return _render_history(request, find_form=find_form, status=422)
    digest = find_form.cleaned_data["number"]
    query = form.query(caller=digest) if digest else form.query()
    return HttpResponseRedirect(f"{reverse('transfers:transfer-history')}?{query}", status=303)


@require_GET
@never_cache
@login_required
@permission_required(["transfers.view_board", "transfers.export_transfers"], raise_exception=True)
def transfer_export(request: SignedInRequest) -> StreamingHttpResponse:
    """Stream the filtered transfers as CSV. The audit entry (who, filter, rows) is committed before the first byte."""
    form = _read_filter(request)
    transfers = history.filtered_transfers(user=request.user, filters=form.filters)
    with transaction.atomic():
        audit_log.record(
            actor=str(request.user.pseudonym),
            action=AuditAction.HISTORY_EXPORTED,
            detail={
                "actor_name": request.user.display_name,
                "filter": _filter_facts(form.filters),
                "rows": transfers.order_by().count(),
            },
        )
    name = f"transfers-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        _pieces(history.csv_rows(transfers)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _pieces(rows: Iterator[str]) -> AsyncIterator[str]:
    """Read each piece in a thread when the browser is ready for it. ASGI would collect a plain iterator in memory."""
    next_piece = sync_to_async(partial(next, rows, None))
    while (piece := await next_piece()) is not None:
        yield piece


def _filter_facts(filters: history.HistoryFilter) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(filters).items() if value}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def _read_filter(request: SignedInRequest) -> HistoryFilterForm:
    form = HistoryFilterForm(request.POST if request.method == "POST" else request.GET, user=request.user)
    form.is_valid()
    return form


def _contradicted(transfers: list[Transfer]) -> set[int]:
    settled_by_person = [transfer.pk for transfer in transfers if transfer.resolved_by == ResolvedBy.PERSON]
    return audit_log.contradicted_transfers(settled_by_person) if settled_by_person else set()


def _render_history(request: SignedInRequest, *, find_form: FindCallerForm, status: int = 200) -> HttpResponse:
    form = _read_filter(request)
    result = history.find_transfers(user=request.user, filters=form.filters)
    try:
        page, is_cursor_refused = result.page(request.GET.get("cursor", "")), False
    except history.InvalidCursor:
        page, is_cursor_refused = result.page(), True
    query = form.query()
    context = {
        "form": form,
        "find_form": find_form,
        "query": query,
        "cursor_prefix": f"{query}&" if query else "",
        "query_without_caller": form.query(caller=""),
        "periods": PERIODS,
        "page": page,
        "contradicted": _contradicted(page.transfers),
        "count": len(page.transfers) if page.is_all else result.count_up_to_limit(),
        "count_limit": history.COUNT_LIMIT,
        "is_cursor_refused": is_cursor_refused,
        "shows_agents": request.user.has_perm("transfers.view_all_transfers"),
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "transfers/history/_table.html" if is_part else "transfers/history/transfer_list.html"
    return render(request, template, context, status=status)
