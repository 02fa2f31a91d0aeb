"""What the two forms of the picker share: the note, and the key that makes a form count once."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

INCOMPLETE = {
    problem: _("This form was incomplete. Please try once more.") for problem in ("required", "invalid", "min_value")
}


class NoteField(forms.CharField):
    """Free text. A line break counts as one character, as the browser counts it."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line breaks, so that the limit means what the text area shows."""
        return normalize_newlines(super().to_python(value) or "")


class PickerForm(forms.Form):
    """Reads note and key. A form only reads: whether the call may go there is judged when it is requested.

    A view adds what the judgement refused as an error of `address_field`, and shows the form again.
    """

    address_field: ClassVar[str]

    note = NoteField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
        error_messages={"max_length": _("The note is too long: %(limit_value)d characters at most.")},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, error_messages=INCOMPLETE)

    @property
    def asked_type(self) -> str:
        """The type of destination that was posted (our word), or an empty text."""
        return str(self.cleaned_data.get("destination_type", ""))

    @property
    def asked_address(self) -> str:
        """The number or SIP name as it was posted."""
        return str(self.data.get(self.address_field, ""))

    @property
    def next_request_key(self) -> uuid.UUID:
        """The key of the form that is shown next: the same key while nothing came of it, else a new one."""
        known = self.cleaned_data.get("request_key") if self.is_bound else self["request_key"].initial
        return known or uuid.uuid4()

    def problems(self) -> list[str]:
        """List what is wrong, each sentence once, without the note: its error is shown beside its field."""
        sentences = [str(each) for name, errors in self.errors.items() if name != "note" for each in errors]
        return list(dict.fromkeys(sentences))
