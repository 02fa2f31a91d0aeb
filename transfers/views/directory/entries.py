"""The list of the directory, the holidays for all, and the check of a typed address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from transfers import directory
from transfers.directory import editing
from transfers.directory.holidays import holidays_for_all
from transfers.forms.entry_addresses import AddressForm
from transfers.forms.holidays_form import HolidaysForm
from transfers.models import DirectoryChange
from transfers.views.directory import entry_list
from transfers.views.signed_in import SignedInRequest

CHANGES_SHOWN = 20


@never_cache
@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def entries(request: SignedInRequest) -> HttpResponse:
    """Show a page of the directory, or only its table for htmx.

    The filter is posted, because its text may be a phone number. If it cannot be one, the response redirects to an
    address with the filter.
    """
    user = request.user
    if not entry_list.may_see_directory(user):
        raise PermissionDenied
    query = entry_list.read_filter(request.POST if request.method == "POST" else request.GET, user)
    address, is_fit = entry_list.list_address(query, user), entry_list.is_fit_for_address(query)
    is_part = request.htmx and not request.htmx.history_restore_request
    if request.method == "POST" and is_fit and not is_part:
        return HttpResponseRedirect(address, status=303)
    template = "transfers/directory/_results.html" if is_part else "transfers/directory/list.html"
    response = render(request, template, entry_list.list_context(user, query))
    if is_part and is_fit:
        response["HX-Push-Url"] = address
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(editing.MANAGE, raise_exception=True)
def holidays(request: SignedInRequest) -> HttpResponse:
    """Show and save the holidays for all. 422 with the lines that are not understood."""
    saved = holidays_for_all()
    form = HolidaysForm(request.POST) if request.method == "POST" else HolidaysForm(initial={"days_off": saved})
    if request.method == "POST" and form.is_valid():
        directory.change_holidays_for_all(by=request.user, days_off=form.cleaned_data["days_off"])
        messages.success(request, _("The holidays were saved."))
        return HttpResponseRedirect(reverse("transfers:directory-holidays"), status=303)
    changes = DirectoryChange.objects.filter(entry=None).order_by("-pk")[:CHANGES_SHOWN]
    status = 422 if form.is_bound else 200
    return render(request, "transfers/directory/holidays.html", {"form": form, "changes": changes}, status=status)


@never_cache
@require_POST
@login_required
def check_address(request: SignedInRequest) -> HttpResponse:
    """Show how the number of one form row (`row` is its prefix) will be dialled, or why it is refused."""
    if not entry_list.may_see_directory(request.user):
        raise PermissionDenied
    row = AddressForm(request.POST, prefix=request.POST.get("row", ""))
    row.is_valid()
    return render(request, "transfers/directory/_address_said.html", {"row": row})
