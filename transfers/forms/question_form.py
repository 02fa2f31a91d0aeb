"""The form behind "Ask a supervisor": the picker's note and key, and the number that the policy leaves to them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.forms.transfer_form import NoteField
from transfers.models import DestinationType


class QuestionForm(forms.Form):
    """After `is_valid()`, `cleaned_data` holds what `approvals.ask_supervisors` takes beside person and call."""

    asked_destination = forms.CharField(max_length=128, error_messages={"required": _("Choose a destination first.")})
    note = NoteField(max_length=500, required=False)
    request_key = forms.UUIDField()

    def clean(self) -> dict[str, Any]:
        """Only numbers are left to supervisors: SIP names are allowed or not readable."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "asked_destination" in data:
            data["address"] = data.pop("asked_destination")
        data["destination_type"] = DestinationType.EXTERNAL_NUMBER.value
        return data

    @property
    def first_problem(self) -> str:
        """The first sentence about what is wrong."""
        return next((str(problem) for problems in self.errors.values() for problem in problems), "")
