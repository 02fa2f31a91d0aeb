"""The form behind "Ask a supervisor": note, key, and a number that the policy alone refuses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.forms.picker_form import PickerForm
from transfers.models import DestinationType


class QuestionForm(PickerForm):
    """The fields of `POST /calls/<call_uuid>/ask/`.

    After `is_valid()`, `cleaned_data` holds `destination_type`, `asked_destination` (as it was typed), `note` and
    `request_key` (`UUID`).
    """

    address_field = "asked_destination"
    field_order = ("asked_destination", "note", "request_key")

    asked_destination = forms.CharField(
        max_length=128,
        error_messages={
            "required": _("Choose a destination first."),
            "max_length": _("This destination is too long."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """Add the type. Only numbers are left to supervisors: a SIP name is allowed or not readable."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        return {**data, "destination_type": DestinationType.EXTERNAL_NUMBER.value}
