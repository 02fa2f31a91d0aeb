"""Destinations and service numbers: what is saved is what the policy allows, spelt as it is sent."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from transfers.destination_policy import DestinationRefused, check_destination
from transfers.destination_policy.number_checks import NumberUnreadable, require_complete, to_e164
from transfers.destination_policy.number_reading import read_number
from transfers.directory.search import clean_text, matching
from transfers.models import Destination, DestinationQuerySet, ServiceNumber


class DestinationForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A directory entry. Its address becomes E.164, or the field says why it cannot be called."""

    def clean(self) -> dict[str, Any]:
        """Judge the address as the picker and the worker do."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("address") and data.get("destination_type"):
            try:
                checked = check_destination(destination_type=data["destination_type"], address=data["address"])
            except DestinationRefused as refusal:
                self.add_error("address", refusal.reason)
            else:
                data["address"] = checked.address
        return data


class ServiceNumberForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A number of our own. It may be of any type, for callers dial it, not we."""

    def clean_number(self) -> str:
        """Return the number as E.164."""
        try:
            number = read_number(self.cleaned_data["number"])
            require_complete(number)
        except NumberUnreadable as unreadable:
            raise forms.ValidationError(unreadable.reason) from None
        return to_e164(number)


@admin.register(Destination)
class DestinationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The directory."""

    form = DestinationForm
    fields = ["name", "destination_type", "address", "department", "note", "is_active"]
    list_display = ["name", "destination_type", "address", "department", "is_active"]
    list_filter = ["destination_type", "is_active", "department"]
    ordering = ["search_text"]
    search_fields = ["search_text"]
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Destination], search_term: str
    ) -> tuple[QuerySet[Destination], bool]:
        """Search as the picker does: any spelling, words in any order."""
        if not isinstance(queryset, DestinationQuerySet):
            return super().get_search_results(request, queryset, search_term)
        return matching(queryset, clean_text(search_term)), False


@admin.register(ServiceNumber)
class ServiceNumberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The numbers that callers dial."""

    form = ServiceNumberForm
    list_display = ["number", "name"]
    ordering = ["number"]
