"""The kinds of field that an entry of the directory is made of: tags, opening hours, days off, as people write them."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from transfers.directory import DayOff
from transfers.directory.entry_check import tidy_tags
from transfers.directory.hours_text import HoursUnreadable, read_hours
from transfers.directory.hours_words import write_hours

LONGEST_TEXT = 2000
YEARS = range(2000, 2101)
"""Years that can be reckoned with in every time zone, and that nobody mistypes by a digit."""

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b[\s,:;-]*(.*)", re.ASCII)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\b[\s,:;-]*(.*)", re.ASCII)


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
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return tuple(sorted(_read_day(line) for line in lines if line))

    def prepare_value(self, value: Any) -> Any:
        """Write the days as lines; what was typed stays."""
        return value if isinstance(value, str) or value is None else write_days(value)


def write_days(days: Iterable[DayOff]) -> str:
    """Write days off as the field reads them, dates in the reader's way."""
    return "\n".join(f"{date_format(day.date, _('Y-m-d'))} {day.name}".strip() for day in days)


def _read_day(line: str) -> DayOff:
    if found := _ISO_DAY.fullmatch(line):
        year, month, day, name = found.groups()
    elif found := _GERMAN_DAY.fullmatch(line):
        day, month, year, name = found.groups()
    else:
        raise forms.ValidationError(
            _("“%(line)s” does not begin with a date. Write for example “2026-12-24 Christmas Eve”.") % {"line": line}
        )
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        raise forms.ValidationError(_("“%(line)s”: there is no such day.") % {"line": line}) from None
    if read.year not in YEARS:
        raise forms.ValidationError(_("“%(line)s”: the year must lie between 2000 and 2100.") % {"line": line})
    return DayOff(read, name.strip())
