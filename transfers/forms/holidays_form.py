"""The form of the days on which everything that has hours is closed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from transfers.forms.directory_entry import LONGEST_LIST
from transfers.forms.directory_fields import DaysOffField


class HolidaysForm(forms.Form):
    """Days off, one a line."""

    days_off = DaysOffField(
        label=_("Closed on"),
        max_length=LONGEST_LIST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("One day a line, for example “2026-12-24 Christmas Eve”."),
    )
