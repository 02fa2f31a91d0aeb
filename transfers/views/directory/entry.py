"""Views that show, add, change and delete one entry of the directory."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from transfers import directory
from transfers.directory import editing, listing
from transfers.directory.entry_data import as_facts, read_data
from transfers.forms.directory_entry import EntryForm
from transfers.forms.entry_addresses import EntryAddresses, address_rows, with_another_row
from transfers.models import DirectoryEntry, User
from transfers.views.directory import entry_list
from transfers.views.directory.entry_page import lead_to_list, show_facts, show_form
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_entry(request: SignedInRequest) -> HttpResponse:
    """Show the form of a new entry, or add it: a personal one with `scope=own`, else a shared one. 422 if refused."""
    scope = entry_list.read_filter(request.GET, request.user).scope
    is_personal = scope == listing.OWN
    if not request.user.has_perm(editing.KEEP_OWN if is_personal else editing.MANAGE):
        raise PermissionDenied
    if request.method != "POST":
        return show_form(request, EntryForm(is_personal=is_personal, initial={"version": 0}), address_rows(None))
    form, rows = EntryForm(request.POST, is_personal=is_personal), address_rows(request.POST)
    if "add_address" in request.POST:
        return show_form(request, form.as_typed(entry=None), with_another_row(rows))
    if _are_valid(form, rows):
        data = form.entry_data(rows.addresses())
        try:
            entry = directory.create_entry(by=request.user, data=data, owner=request.user if is_personal else None)
        except directory.EntryRefused as refusal:
            _add_problems(form, rows, refusal)
        else:
            return lead_to_list(request, _("%(name)s was added.") % {"name": entry.name})
    return show_form(request, form, rows, status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entry(request: SignedInRequest, entry_id: int) -> HttpResponse:
    """Show one entry, or save it. 404 if not visible, 422 if refused, 409 if somebody else has saved it since."""
    found = _visible_entry(request.user, entry_id)
    if not editing.may_edit(request.user, found):
        if request.method == "POST":
            raise PermissionDenied
        return show_facts(request, found)
    if request.method != "POST":
        data = read_data(found)
        return show_form(request, EntryForm.of_entry(found, data), address_rows(None, entry_data=data), found)
    form = EntryForm(request.POST, is_personal=found.owner_id is not None, entry=found)
    rows = address_rows(request.POST)
    if "add_address" in request.POST:
        return show_form(request, form.as_typed(entry=found), with_another_row(rows), found)
    return _save(request, found, form, rows)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete_entry(request: SignedInRequest, entry_id: int) -> HttpResponse:
    """Ask for confirmation, or delete the entry. A used entry is not deleted, and a message says so."""
    found = _visible_entry(request.user, entry_id)
    if not editing.may_edit(request.user, found):
        raise PermissionDenied
    if request.method != "POST":
        data = read_data(found)
        form, rows = EntryForm.of_entry(found, data), address_rows(None, entry_data=data)
        return show_form(request, form, rows, found, asks_to_delete=True)
    try:
        directory.delete_entry(by=request.user, entry_id=entry_id)
    except directory.EntryInUse:
        messages.error(request, _("%(name)s is in use. Switch it off instead.") % {"name": found.name})
        return HttpResponseRedirect(reverse("transfers:directory-entry", args=[entry_id]), status=303)
    except directory.EntryNotFound:
        raise Http404 from None
    return lead_to_list(request, _("%(name)s was deleted.") % {"name": found.name})


def _visible_entry(user: User, entry_id: int) -> DirectoryEntry:
    if not entry_list.may_see_directory(user):
        raise PermissionDenied
    for scope in entry_list.scopes_of(user):
        in_scope = listing.entries_in_scope(user, scope).select_related("team")
        if found := in_scope.filter(pk=entry_id).first():
            return found
    raise Http404


def _are_valid(form: EntryForm, rows: EntryAddresses) -> bool:
    """Validate both, so that all errors are shown at once."""
    return all([form.is_valid(), rows.is_valid()])


def _save(request: SignedInRequest, found: DirectoryEntry, form: EntryForm, rows: EntryAddresses) -> HttpResponse:
    if not _are_valid(form, rows):
        return show_form(request, form, rows, found, status=422)
    data = form.entry_data(rows.addresses())
    try:
        saved = directory.change_entry(
            by=request.user, entry_id=found.pk, version=form.cleaned_data["version"], data=data
        )
    except directory.EntryNotFound:
        raise Http404 from None
    except directory.EntryRefused as refusal:
        _add_problems(form, rows, refusal)
        return show_form(request, form, rows, found, status=422)
    except directory.EntryChangedMeanwhile as changed:
        theirs, mine = as_facts(read_data(changed.entry)), as_facts(data)
        differing = [(field, theirs[field], mine[field]) for field in theirs if theirs[field] != mine[field]]
        form.with_version(changed.entry.version)
        last = changed.entry.changes.order_by("-pk").first()
        conflict = {"last": last, "differing": differing}
        return show_form(request, form, rows, changed.entry, status=409, conflict=conflict)
    return lead_to_list(request, _("%(name)s was saved.") % {"name": saved.name})


def _add_problems(form: EntryForm, rows: EntryAddresses, refusal: directory.EntryRefused) -> None:
    form.add_problems(refusal.problems)
    for index, row in enumerate(rows.counted()):
        if problem := refusal.problems.get(f"addresses.{index}"):
            row.add_error("address", problem)
    if problem := refusal.problems.get("addresses"):
        form.add_error(None, problem)
