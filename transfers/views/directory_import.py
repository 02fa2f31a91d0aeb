"""The import of a file into the directory: upload, progress, preview, and then all of it or nothing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from transfers.directory.bulk_preparing import DirectoryChangedMeanwhile
from transfers.directory.editing import MANAGE
from transfers.directory_import import applying, importing
from transfers.directory_import.applying import ImportNotReady
from transfers.directory_import.importing import ImportGone
from transfers.directory_import.limits import MOST_BYTES, MOST_ROWS, FileUnreadable
from transfers.directory_import.planning import BAD, CHANGED, NEW, UNCHANGED
from transfers.directory_import.previewing import read_preview
from transfers.forms.directory_upload import UploadForm
from transfers.models import DirectoryImport
from transfers.views.directory_list import read_page_number
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MANAGE, raise_exception=True)
def new_import(request: SignedInRequest) -> HttpResponse:
    """Ask for a file, or take one: 303 to its import, 422 with why it cannot be read."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            found = importing.begin_import(by=request.user, content=form.content())
        except FileUnreadable as unreadable:
            form.add_error("file", unreadable.reason)
        else:
            return _to_import(found.pk, request)
    context = {
        "form": form,
        "waiting": importing.open_import(by=request.user),
        "most_rows": MOST_ROWS,
        "most_megabytes": MOST_BYTES // 1024**2,
    }
    return render(request, "transfers/destinations/import.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD"])
@login_required
@permission_required(MANAGE, raise_exception=True)
def directory_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Show how far an import is, or what it would do."""
    try:
        found = importing.find_import(by=request.user, import_id=import_id)
    except ImportGone:
        return _gone(request)
    return _show(request, found)


@never_cache
@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
def check_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Check further rows for a moment; for htmx answer with the progress, and lead to the preview when it is there."""
    try:
        found = importing.take_step(by=request.user, import_id=import_id)
    except ImportGone:
        return _gone(request)
    if request.htmx and found.planned_at is None:
        return render(request, "transfers/destinations/_import_progress.html", {"found": found})
    return _to_import(import_id, request)


@never_cache
@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
def apply_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Write the import and lead to the list; or, when the directory changed meanwhile, to what would happen now."""
    try:
        counts = applying.apply_import(by=request.user, import_id=import_id)
    except ImportGone:
        return _gone(request)
    except ImportNotReady:
        return _to_import(import_id, request)
    except DirectoryChangedMeanwhile:
        importing.compare_anew(by=request.user, import_id=import_id)
        messages.error(
            request,
            _("The directory was changed meanwhile. Nothing was imported. This is what the file would do now."),
        )
        return _to_import(import_id, request)
    written = _("%(new)d new, %(changed)d changed") % {"new": counts[NEW], "changed": counts[CHANGED]}
    left = ngettext("%(bad)d row was left out.", "%(bad)d rows were left out.", counts[BAD]) % {"bad": counts[BAD]}
    messages.success(request, f"{_('The import is done')}: {written}. {left if counts[BAD] else ''}".strip())
    return _lead_to(reverse("transfers:directory"), request)


@never_cache
@require_POST
@login_required
@permission_required(MANAGE, raise_exception=True)
def discard_import(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Throw the import away with everything that was in the file."""
    try:
        importing.discard_import(by=request.user, import_id=import_id)
    except ImportGone:
        return _gone(request)
    messages.success(request, _("The import was discarded. Nothing was changed."))
    return _lead_to(reverse("transfers:directory"), request)


def _to_import(import_id: int, request: SignedInRequest) -> HttpResponse:
    return _lead_to(reverse("transfers:directory-import", args=[import_id]), request)


def _gone(request: SignedInRequest) -> HttpResponse:
    """Lead to where a new import begins."""
    messages.error(request, _("This import is not there any more: applied, discarded, or older than a day."))
    return _lead_to(reverse("transfers:directory-import-new"), request)


def _lead_to(address: str, request: SignedInRequest) -> HttpResponse:
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def _show(request: SignedInRequest, found: DirectoryImport) -> HttpResponse:
    if found.planned_at is None:
        return render(request, "transfers/destinations/import_progress.html", {"found": found})
    context = {
        "found": found,
        "preview": read_preview(found, only=request.GET.get("result", ""), page=read_page_number(request.GET)),
        "choices": _choices(found),
        "to_write": found.counts[NEW] + found.counts[CHANGED],
        "bad": found.counts[BAD],
    }
    return render(request, "transfers/destinations/import_preview.html", context)


def _choices(found: DirectoryImport) -> list[tuple[str, str, int]]:
    """Return the kinds of result with their words and numbers, "" for all."""
    words = {BAD: _("Cannot be imported"), CHANGED: _("Changed"), NEW: _("New"), UNCHANGED: _("Unchanged")}
    return [("", _("All rows"), found.row_count), *((kind, word, found.counts[kind]) for kind, word in words.items())]
