"""The pages of an import: upload, progress, preview, apply, discard."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from transfers.directory.editing import MANAGE
from transfers.directory.files import applying, importing
from transfers.directory.files.applying import ImportNotReady, NumberRulesChanged
from transfers.directory.files.filling import DirectoryChangedMeanwhile
from transfers.directory.files.limits import MOST_BYTES, MOST_ROWS, FileUnreadable
from transfers.directory.files.planning import BAD, CHANGED, NEW, UNCHANGED
from transfers.directory.files.previewing import read_preview
from transfers.forms.directory_upload import UploadForm
from transfers.models import DirectoryImport
from transfers.views.directory.entry_list import read_page_number
from transfers.views.directory.own_import import lead_to, lead_to_import, of_own_import
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MANAGE, raise_exception=True)
def new_import(request: SignedInRequest) -> HttpResponse:
    """Show the upload form, or begin an import: 303 to its page, 422 if the file cannot be read."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            found = importing.begin_import(by=request.user, content=form.content())
        except FileUnreadable as unreadable:
            form.add_error("file", unreadable.reason)
        else:
            return lead_to_import(found.pk, request)
    context = {
        "form": form,
        "waiting": importing.open_import(by=request.user),
        "most_rows": MOST_ROWS,
        "most_megabytes": MOST_BYTES // 1024**2,
    }
    return render(request, "transfers/directory/import.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD"])
@login_required
@permission_required(MANAGE, raise_exception=True)
@of_own_import
def directory_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Show the progress of an import, or its preview."""
    return _show(request, importing.find_import(by=request.user, import_id=import_id))


@never_cache
@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
@of_own_import
def check_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Take one step of an import. htmx gets the progress, and a redirect when the preview is complete."""
    found = importing.take_step(by=request.user, import_id=import_id)
    if request.htmx and found.planned_at is None:
        return render(request, "transfers/directory/_import_progress.html", {"found": found})
    return lead_to_import(import_id, request)


@never_cache
@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
@of_own_import
def apply_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Apply the import and redirect to the list. If something has changed since, redirect to a new preview."""
    try:
        counts = applying.apply_import(by=request.user, import_id=import_id)
    except ImportNotReady:
        return lead_to_import(import_id, request)
    except DirectoryChangedMeanwhile:
        importing.compare_anew(by=request.user, import_id=import_id)
        messages.error(
            request,
            _("The directory was changed meanwhile. Nothing was imported. This is what the file would do now."),
        )
        return lead_to_import(import_id, request)
    except NumberRulesChanged:
        importing.check_anew(by=request.user, import_id=import_id)
        messages.error(
            request,
            _("The number rules were changed meanwhile. Nothing was imported. All rows are checked by the new rules."),
        )
        return lead_to_import(import_id, request)
    written = _("%(new)d new, %(changed)d changed") % {"new": counts[NEW], "changed": counts[CHANGED]}
    left = ngettext("%(bad)d row was left out.", "%(bad)d rows were left out.", counts[BAD]) % {"bad": counts[BAD]}
    messages.success(request, f"{_('The import is done')}: {written}. {left if counts[BAD] else ''}".strip())
    return lead_to(reverse("transfers:directory"), request)


@never_cache
@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
@of_own_import
def discard_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Delete the import with all its rows."""
    importing.discard_import(by=request.user, import_id=import_id)
    messages.success(request, _("The import was discarded. Nothing was changed."))
    return lead_to(reverse("transfers:directory"), request)


def _show(request: SignedInRequest, found: DirectoryImport) -> HttpResponse:
    if found.planned_at is None:
        response = render(request, "transfers/directory/import_progress.html", {"found": found})
        if isinstance(said := messages.get_messages(request), BaseStorage):
            said.used = False  # the preview follows soon and must show the message again
        return response
    context = {
        "found": found,
        "preview": read_preview(found, only=request.GET.get("result", ""), page=read_page_number(request.GET)),
        "choices": _choices(found),
        "to_write": found.counts[NEW] + found.counts[CHANGED],
        "bad": found.counts[BAD],
    }
    return render(request, "transfers/directory/import_preview.html", context)


def _choices(found: DirectoryImport) -> list[tuple[str, str, int]]:
    """Return (result, text, number of rows) for all rows ("") and each result."""
    words = {BAD: _("Cannot be imported"), CHANGED: _("Changed"), NEW: _("New"), UNCHANGED: _("Unchanged")}
    return [("", _("All rows"), found.row_count), *((kind, word, found.counts[kind]) for kind, word in words.items())]
