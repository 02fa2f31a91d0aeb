"""The form behind the button "Transfer": where to, a note, and the key that makes it count once."""

import uuid
from typing import Any

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from transfers import tenios
from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination

_INCOMPLETE = {
    problem: _("This form was incomplete. Please try once more.")
    for problem in ("required", "invalid", "min_value", "max_value")
}


class NoteField(forms.CharField):
    """Free text. A line break counts as one character, as the browser counts it."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line breaks, so that the limit means what the text area shows."""
        return normalize_newlines(super().to_python(value) or "")


class TransferForm(forms.Form):
    """The fields of `POST /calls/<call_uuid>/transfer/` (docs/interface.md, "Transfer").

    After `is_valid()`, `cleaned_data` holds `destination_type` (our word), `address` (E.164, or the SIP name verbatim),
    `checked` (`CheckedDestination`), `directory_id` (None for what was typed), `note` and `request_key` (`UUID`).
    A destination outside the policy is an error of the field `destination`, in words for the agent.
    """

    destination_type = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": _("Choose a destination first.")}
    )
    destination = forms.CharField(
        max_length=128,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose a destination first."),
            "max_length": _("This destination is too long."),
        },
    )
    directory_id = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, error_messages=_INCOMPLETE
    )
    note = NoteField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
        error_messages={"max_length": _("The note is too long: %(limit_value)d characters at most.")},
    )
    request_key = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages=_INCOMPLETE,
    )

    def clean_destination_type(self) -> str:
        """Turn the wire spelling (`EXTERNALNUMBER`, ...) into our word."""
        try:
            return tenios.from_wire(self.cleaned_data["destination_type"])
        except tenios.UnknownDestinationType:
            raise forms.ValidationError(_("Choose a phone number, a SIP user or a SIP trunk.")) from None

    def clean(self) -> dict[str, Any]:
        """Read the destination by the one policy that the worker uses as well."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "destination" in data and "destination_type" in data:
            self._check_destination(data)
        return data

    def _check_destination(self, data: dict[str, Any]) -> None:
        try:
            checked: CheckedDestination = check_destination(
                destination_type=data["destination_type"], address=data["destination"]
            )
        except DestinationRefused as refusal:
            self.add_error("destination", refusal.reason)
            return
        data.update(checked=checked, address=checked.address)

    @property
    def asked_destination(self) -> str:
        """What was asked for: the address as the policy read it, else as it was posted."""
        return str(self.cleaned_data.get("address") or self.data.get("destination", ""))

    @property
    def next_request_key(self) -> uuid.UUID:
        """The key for the form that is shown next: the same again, for nothing came of it yet, or a new one."""
        known = self.cleaned_data.get("request_key") if self.is_bound else self["request_key"].initial
        return known or uuid.uuid4()

    def problems(self) -> list[str]:
        """List what is wrong, but for the note, whose error stands beside its field. Each sentence once."""
        if not self.is_bound:
            return []
        names = ("destination_type", "destination", "directory_id", "request_key")
        found = [str(problem) for name in names for problem in self.errors.get(name, [])]
        return list(dict.fromkeys([*found, *map(str, self.non_field_errors())]))
