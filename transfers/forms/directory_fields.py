"""The fields of a directory entry as people write them: groups, tags, opening hours, days off."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from transfers.directory import DayOff
from transfers.directory.entry_check import known_time_zones
from transfers.directory.hours.days_off import DayUnreadable, read_days
from transfers.directory.hours.parsing import HoursUnreadable, read_hours
from transfers.directory.hours.writing import write_hours
from transfers.directory.role_names import ROLE_NAMES
from transfers.directory.tidying import tidy_tags

LONGEST_TEXT = 2000
LONGEST_LIST = 20_000


class AudienceField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """The groups that may use an entry. The product's own groups have translated names."""

    def label_from_instance(self, obj: Any) -> str:
        """Name a group."""
        return str(ROLE_NAMES.get(obj.name, obj.name))


class TagsField(forms.CharField):
    """Words with commas between them."""

    def to_python(self, value: Any) -> Any:
        """Return the tags, each once."""
        return tidy_tags((super().to_python(value) or "").split(","))

    def prepare_value(self, value: Any) -> Any:
        """Write tags with commas between them. Typed text stays."""
        return value if isinstance(value, str) or value is None else ", ".join(value)


class HoursField(forms.CharField):
    """Opening hours as people write them."""

    def to_python(self, value: Any) -> Any:
        """Return the hours, or say which part is not understood."""
        try:
            return read_hours(super().to_python(value) or "")
        except HoursUnreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None

    def prepare_value(self, value: Any) -> Any:
        """Write hours in the reader's language. Typed text stays."""
        return value if isinstance(value, str) or value is None else write_hours(value)


class DaysOffField(forms.CharField):
    """Days off, one per line: the date, then its name."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Return the days, or say which line is not understood."""
        try:
            return read_days(super().to_python(value) or "")
        except DayUnreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from None

    def prepare_value(self, value: Any) -> Any:
        """Write the days as lines. Typed text stays."""
        return value if isinstance(value, str) or value is None else write_days(value)


def write_days(days: Iterable[DayOff]) -> str:
    """Write days off as the field reads them, dates in the reader's format."""
    return "\n".join(f"{date_format(day.date, _('Y-m-d'))} {day.name}".strip() for day in days)


def european_time_zones() -> list[str]:
    """Return the time zones that the form suggests. Every other IANA name is valid as well."""
    return sorted(name for name in known_time_zones() if name.startswith("Europe/"))
