"""Writes opening hours in the reader's language, in a form that `parsing` reads again."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import time

from django.utils.translation import pgettext

from transfers.directory.hours.timetable import MIDNIGHT, Hours


def write_hours(hours: Iterable[Hours]) -> str:
    """Write hours in the reader's language. Days with the same times are joined: "Mon-Fri 7-20, Sat 9-14"."""
    times_of: dict[int, list[str]] = defaultdict(list)
    for part in sorted(hours):
        times_of[part.weekday].append(f"{_time_text(part.opens)}-{_time_text(part.closes, is_end=True)}")
    groups: list[tuple[int, int, list[str]]] = []
    for day, times in sorted(times_of.items()):
        if groups and groups[-1][1] == day - 1 and groups[-1][2] == times:
            groups[-1] = (groups[-1][0], day, times)
        else:
            groups.append((day, day, times))
    return ", ".join(f"{_days_text(first, last)} {', '.join(times)}" for first, last, times in groups)


def _time_text(moment: time, *, is_end: bool = False) -> str:
    hour = 24 if is_end and moment == MIDNIGHT else moment.hour
    return f"{hour}:{moment.minute:02}" if moment.minute else str(hour)


def _days_text(first: int, last: int) -> str:
    names = [
        pgettext("weekday, short", "Mon"), pgettext("weekday, short", "Tue"), pgettext("weekday, short", "Wed"),
        pgettext("weekday, short", "Thu"), pgettext("weekday, short", "Fri"), pgettext("weekday, short", "Sat"),
        pgettext("weekday, short", "Sun"),
    ]  # fmt: skip
    return names[first] if first == last else f"{names[first]}-{names[last]}"
