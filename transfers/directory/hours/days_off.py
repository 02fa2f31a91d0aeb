"""Reads days off as people write them, one per line: the date in ISO or German format, then a name."""

import re
from datetime import date

from django.utils.translation import gettext as _

from transfers.directory.entry_data import DayOff

YEARS = range(2000, 2101)
"""Other years are typing errors, and some cannot be converted between time zones."""

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b[\s,:;-]*(.*)", re.ASCII)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})\b[\s,:;-]*(.*)", re.ASCII)


class DayUnreadable(ValueError):
    """A line has no valid date. The message tells a person what to write."""


def read_days(text: str) -> tuple[DayOff, ...]:
    """Read days off, sorted; none for an empty text. Raises `DayUnreadable`."""
    lines = [line.strip() for line in text.splitlines()]
    return tuple(sorted(_read_day(line) for line in lines if line))


def _read_day(line: str) -> DayOff:
    if found := _ISO_DAY.fullmatch(line):
        year, month, day, name = found.groups()
    elif found := _GERMAN_DAY.fullmatch(line):
        day, month, year, name = found.groups()
    else:
        raise DayUnreadable(
            _("“%(line)s” does not begin with a date. Write for example “2026-12-24 Christmas Eve”.") % {"line": line}
        )
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        raise DayUnreadable(_("“%(line)s”: there is no such day.") % {"line": line}) from None
    if read.year not in YEARS:
        raise DayUnreadable(_("“%(line)s”: the year must lie between 2000 and 2100.") % {"line": line})
    return DayOff(read, name.strip())
