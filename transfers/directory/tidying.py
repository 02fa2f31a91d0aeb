"""Tidies the texts of an entry before they are checked and saved."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from transfers.directory.entry_data import DayOff, EntryData
from transfers.models import fold

LONGEST_DAY_NAME = 80


def tidy_entry(data: EntryData) -> EntryData:
    """Return an entry with tidy texts, tags and days off. Its addresses are unchanged."""
    return replace(
        data,
        name=tidy(data.name),
        department=tidy(data.department),
        note=tidy(data.note),
        key=tidy(data.key),
        tags=tidy_tags(data.tags),
        days_off=_tidy_days(data.days_off),
    )


def tidy(text: str) -> str:
    """Return a text as one line, without characters that are invisible or that PostgreSQL refuses (NUL)."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cs")).split())


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tidy tags without duplicates. Of several spellings of a tag the first one stays."""
    tags_by_fold: dict[str, str] = {}
    for tag in map(tidy, tags):
        if tag:
            tags_by_fold.setdefault(fold(tag), tag)
    return tuple(tags_by_fold.values())


def _tidy_days(days: Iterable[DayOff]) -> tuple[DayOff, ...]:
    named = {day.date: DayOff(day.date, tidy(day.name)[:LONGEST_DAY_NAME]) for day in days}
    return tuple(sorted(named.values()))
