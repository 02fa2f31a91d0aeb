"""The kinds of field that an entry of the directory is made of: tags, opening hours, days off, as people write them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from transfers.directory import DayOff
from transfers.directory.entry_check import tidy_tags
from transfers.directory.hours.days_off import DayUnreadable, read_days
from transfers.directory.hours.parsing import HoursUnreadable, read_hours
from transfers.directory.hours.writing import write_hours

LONGEST_TEXT = 2000


class TagsField(forms.CharField):
    """Words with commas between them."""

    def to_python(self, value: Any) -> Any:
        """Return the tags, each once."""
        return tidy_tags((super().to_python(value) or "").split(","))

    def prepare_value(self, value: Any) -> Any:
        """Write tags with commas between them; what was typed stays."""
        return value if isinstance(value, str) or value is None else ", ".join(value)


class HoursField(forms.CharField):
    """Opening hours as people write them."""

    def to_python(self, value: Any) -> Any:
        """Return the hours, or say what is not understood."""
        try:
            return read_hours(super().to_python(value) or "")
        except HoursUnreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None

    def prepare_value(self, value: Any) -> Any:
        """Write hours in the reader's language; what was typed stays."""
        return value if isinstance(value, str) or value is None else write_hours(value)


class DaysOffField(forms.CharField):
    """Days off, one a line: the date, then what it is called."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Return the days, or name the line that is not understood."""
        try:
            return read_days(super().to_python(value) or "")
        except DayUnreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None

    def prepare_value(self, value: Any) -> Any:
        """Write the days as lines; what was typed stays."""
        return value if isinstance(value, str) or value is None else write_days(value)


def write_days(days: Iterable[DayOff]) -> str:
    """Write days off as the field reads them, dates in the reader's way."""
    return "\n".join(f"{date_format(day.date, _('Y-m-d'))} {day.name}".strip() for day in days)
