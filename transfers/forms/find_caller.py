"""The field that finds a caller by number. It is posted and turned into a digest, so that no address contains it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from transfers.base.phone_numbers import to_e164
from transfers.calls import digest_caller

MIN_LENGTH = 8
"""Of a number in E.164 with its +. Shorter numbers exist in theory; in practice they are a part of a number."""


class FindCallerForm(forms.Form):
    """A caller's number in any spelling. `cleaned_data["number"]` is its digest, "" for an empty field."""

    number = forms.CharField(label=gettext_lazy("Caller"), required=False, max_length=64)

    def clean_number(self) -> str:
        """Return the digest; refuse a part of a number."""
        text = self.cleaned_data["number"]
        number = to_e164(text)
        if text and len(number) < MIN_LENGTH:
            raise forms.ValidationError(_("This is no complete phone number. Parts of a number cannot be found."))
        return digest_caller(number)
