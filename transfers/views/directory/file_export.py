"""Downloads: the entries of the list, an example file, and the rows that an import leaves out."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from transfers.directory import listing
from transfers.directory.change_log import record_export
from transfers.directory.editing import MANAGE
from transfers.directory.files import importing
from transfers.directory.files.exporting import example_rows, table_rows, write_csv, write_xlsx
from transfers.directory.files.importing import ImportGone
from transfers.directory.files.limits import Row
from transfers.directory.files.previewing import bad_rows
from transfers.directory.snapshot import read_snapshot
from transfers.models import DirectoryEntry, EntryKind
from transfers.views.directory import entry_list
from transfers.views.signed_in import SignedInRequest

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@require_POST
@login_required
def export_entries(request: SignedInRequest) -> HttpResponse:
    """Return the entries of the posted filter as "csv" or "xlsx" (`format`), for a person who may change them."""
    query = entry_list.read_filter(request.POST, request.user)
    is_own = query.scope == listing.OWN
    if not (is_own or request.user.has_perm(MANAGE)) or not entry_list.may_see_directory(request.user):
        raise PermissionDenied
    entries = read_snapshot(listing.entries_found(user=request.user, query=query))
    teams = read_snapshot(DirectoryEntry.objects.shared().filter(kind=EntryKind.TEAM))
    kind = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    record_export(by=request.user, report={"rows": len(entries.entries), "format": kind, "is_personal": is_own})
    return _file(list(table_rows(entries, teams=teams)), kind, _("destinations"))


@require_GET
@login_required
@permission_required(MANAGE, raise_exception=True)
def example_file(_request: SignedInRequest, kind: str) -> HttpResponse:
    """Return an example file that can be imported unchanged."""
    return _file(list(example_rows()), kind, _("destinations-example"))


@never_cache
@require_GET
@login_required
@permission_required(MANAGE, raise_exception=True)
def import_errors(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Return the rows that cannot be imported, each with its reason."""
    try:
        found = importing.find_import(by=request.user, import_id=import_id)
    except ImportGone:
        raise Http404 from None
    rows = [[str(bad["row"]), bad["name"], " ".join(bad["problems"])] for bad in bad_rows(found)]
    return _file([[_("Row"), _("Name"), _("Reason")], *rows], "csv", _("import-errors"))


def _file(rows: list[Row], kind: str, name: str) -> HttpResponse:
    content, content_type = (
        (write_xlsx(rows), XLSX_TYPE) if kind == "xlsx" else (write_csv(rows), "text/csv; charset=utf-8")
    )
    filename = f"{name}-{timezone.localdate().isoformat()}.{kind}"
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{filename}"'}
    )
