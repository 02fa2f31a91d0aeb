"""The form of the holidays for all."""

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.forms.directory_fields import LONGEST_LIST, DaysOffField


class HolidaysForm(forms.Form):
    """Days off, one per line."""

    days_off = DaysOffField(
        label=_("Closed on"),
        max_length=LONGEST_LIST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One day a line, for example “2026-12-24 Christmas Eve”."),
    )
