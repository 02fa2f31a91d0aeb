"""The history of transfers: a filtered page of them, the search for a caller, and the same rows as a file."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.forms.find_caller import FindCallerForm
from transfers.forms.history_filter import PERIODS, HistoryFilterForm
from transfers.history import export as csv_export
from transfers.history import reading as history
from transfers.history.cursor import InvalidCursor
from transfers.models import ResolvedBy, Transfer, User


class PersonRequest(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: HtmxDetails


@require_safe
@never_cache
@vary_on_headers("HX-Request")
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def transfer_history(request: HttpRequest) -> HttpResponse:
    """Show one page of the history, or its table for htmx. What is wrong in the address is said, the rest counts."""
    return _render_history(cast(PersonRequest, request), find_form=FindCallerForm())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@permission_required("transfers.view_board", raise_exception=True)
def find_caller(request: HttpRequest) -> HttpResponse:
    """Turn a posted number into its digest and lead to the history filtered by it and by the filter posted with it.

    An unreadable number comes back with its form, 422, and nothing typed is lost.
    """
    request = cast(PersonRequest, request)
    form = _read_filter(request)
    find_form = FindCallerForm(request.POST if request.method == "POST" else {})
    if not find_form.is_valid():
        return _render_history(request, find_form=find_form, status=422)
    found = find_form.cleaned_data["number"]
    query = form.query(caller=found) if found else form.query()
    return HttpResponseRedirect(f"{reverse('transfers:transfer-history')}?{query}", status=303)


@require_GET
@never_cache
@login_required
@permission_required(["transfers.view_board", "transfers.export_transfers"], raise_exception=True)
def transfer_export(request: HttpRequest) -> StreamingHttpResponse:
    """Stream what is filtered as CSV. Before the first byte leaves, the audit log knows who, what filter, how many."""
    request = cast(PersonRequest, request)
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
        _pieces(csv_export.csv_rows(transfers)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _pieces(rows: Iterator[str]) -> AsyncIterator[str]:
    """Fetch each piece in a thread once the reader is ready: ASGI would gather a plain iterator in memory first."""
    next_piece = sync_to_async(partial(next, rows, None))
    while (piece := await next_piece()) is not None:
        yield piece


def _filter_facts(filters: history.HistoryFilter) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(filters).items() if value}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()}


def _read_filter(request: PersonRequest) -> HistoryFilterForm:
    form = HistoryFilterForm(request.POST if request.method == "POST" else request.GET, user=request.user)
    form.is_valid()
    return form


def _contradicted(transfers: list[Transfer]) -> set[int]:
    by_word = [transfer.pk for transfer in transfers if transfer.resolved_by == ResolvedBy.PERSON]
    return audit_log.contradicted_transfers(by_word) if by_word else set()


def _render_history(request: PersonRequest, *, find_form: FindCallerForm, status: int = 200) -> HttpResponse:
    form = _read_filter(request)
    found = history.find_transfers(user=request.user, filters=form.filters)
    try:
        page, is_cursor_refused = found.page(request.GET.get("cursor", "")), False
    except InvalidCursor:
        page, is_cursor_refused = found.page(), True
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
        "count": len(page.transfers) if page.is_all else found.count_up_to_limit(),
        "count_limit": history.COUNT_LIMIT,
        "is_cursor_refused": is_cursor_refused,
        "shows_agents": request.user.has_perm("transfers.view_all_transfers"),
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "transfers/_history_table.html" if is_part else "transfers/transfer_history.html"
    return render(request, template, context, status=status)
