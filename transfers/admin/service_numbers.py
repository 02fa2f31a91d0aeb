"""The numbers that callers dial. The directory has pages of its own (`transfers.views.directory`)."""

from django import forms
from django.contrib import admin

from transfers.destination_policy.number_checks import NumberUnreadable, require_complete, to_e164
from transfers.destination_policy.number_reading import read_number
from transfers.models import ServiceNumber


class ServiceNumberForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A number that callers dial. The number policy does not apply, because we never call it."""

    def clean_number(self) -> str:
        """Return the number as E.164."""
        try:
            number = read_number(self.cleaned_data["number"])
            require_complete(number)
        except NumberUnreadable as unreadable:
            raise forms.ValidationError(unreadable.reason) from None
        return to_e164(number)


@admin.register(ServiceNumber)
class ServiceNumberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """The numbers that callers dial."""

    form = ServiceNumberForm
    list_display = ["number", "name"]
    ordering = ["number"]
