"""The page of one entry: its form, or its facts, in a drawer beside the list."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from transfers.directory import editing
from transfers.directory.entry_data import as_facts, read_data
from transfers.directory.hours.opening import closed_entries, timetables_of
from transfers.forms.directory_entry import EntryForm
from transfers.forms.directory_fields import european_time_zones
from transfers.forms.entry_addresses import EntryAddresses
from transfers.models import DirectoryEntry
from transfers.views.directory import entry_list
from transfers.views.signed_in import SignedInRequest

CHANGES_SHOWN = 20
HIDDEN_FACTS = {"name", "is_active", "audience", "key"}
"""Fields that are of no use to people who only transfer calls."""


def show_form(
    request: SignedInRequest,
    form: EntryForm,
    rows: EntryAddresses,
    found: DirectoryEntry | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show the form in its drawer, beside the list."""
    context = {
        "form": form,
        "rows": rows,
        "entry": found,
        "is_used": editing.is_used(found) if found else False,
        "changes": found.changes.order_by("-pk")[:CHANGES_SHOWN] if found else [],
        "time_zones": european_time_zones(),
        **more,
    }
    return _render_beside_list(request, context, status=status)


def show_facts(request: SignedInRequest, found: DirectoryEntry) -> HttpResponse:
    """Show an entry that this person may use but not change."""
    in_force = replace(read_data(found), hours=timetables_of([found])[found.pk].hours)
    facts = [(field, value) for field, value in as_facts(in_force).items() if field not in HIDDEN_FACTS]
    context = {"entry": found, "facts": facts, "closed": closed_entries({found.pk}).get(found.pk)}
    return _render_beside_list(request, context)


def _render_beside_list(request: SignedInRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    query = entry_list.read_filter(request.GET, request.user)
    beside = entry_list.list_context(request.user, query)
    return render(request, "transfers/directory/entry.html", {**beside, **context}, status=status)


def lead_to_list(request: SignedInRequest, text: str) -> HttpResponse:
    """Redirect to the list, which shows the text."""
    messages.success(request, text)
    query = entry_list.read_filter(request.GET, request.user)
    return HttpResponseRedirect(entry_list.list_address(query, request.user), status=303)
