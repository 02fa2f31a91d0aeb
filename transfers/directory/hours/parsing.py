"""Reads opening hours as people write them, in English and German: "Mon to Fri 7-20, Sat 9-14", "Mo-Fr 8-12 und 13-17".

A day or a range of days comes before its times. Times without a day belong to the days before. "22-6" ends on the next
morning. The order of the parts does not matter, and overlapping parts are joined.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import time

from django.utils.translation import gettext as _

from transfers.directory.hours.timetable import MIDNIGHT, Hours

DAYS = {
    "mo": 0, "mon": 0, "monday": 0, "montag": 0,
    "di": 1, "tu": 1, "tue": 1, "tues": 1, "tuesday": 1, "dienstag": 1,
    "mi": 2, "we": 2, "wed": 2, "wednesday": 2, "mittwoch": 2,
    "do": 3, "th": 3, "thu": 3, "thur": 3, "thurs": 3, "thursday": 3, "donnerstag": 3,
    "fr": 4, "fri": 4, "friday": 4, "freitag": 4,
    "sa": 5, "sat": 5, "saturday": 5, "samstag": 5, "sonnabend": 5,
    "so": 6, "su": 6, "sun": 6, "sunday": 6, "sonntag": 6,
}  # fmt: skip
EVERY_DAY = {"daily", "täglich", "taeglich"}
TO = {"to", "until", "bis", "-", "–", "—"}
SEPARATORS = {"and", "und", ",", ";", "+", "&", "/"}
NOISE = {"uhr", "h", "from", "von", "o'clock"}
DAY_MINUTES = 24 * 60

_TOKENS = re.compile(r"\d+(?:[:.]\d+)?|[^\W\d_]+(?:'[a-z]+)?\.?|[-–—,;+&/]|[^\s]")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)


class HoursUnreadable(ValueError):
    """The text has no valid hours. The message tells a person what to write."""


def read_hours(text: str) -> tuple[Hours, ...]:
    """Read hours in either language, sorted and without overlaps; none for an empty text. Raises `HoursUnreadable`."""
    reader = _Reader([token.rstrip(".").casefold() or token for token in _TOKENS.findall(text)])
    while reader.tokens:
        reader.take()
    reader.finish()
    return _as_hours(reader.minutes)


@dataclass
class _Reader:
    """Reads the tokens from left to right. `minutes` are (begin, end) in minutes since Monday, 00:00."""

    tokens: list[str]
    days: list[int] = field(default_factory=list)
    are_days_used: bool = False
    minutes: list[tuple[int, int]] = field(default_factory=list)

    def take(self) -> None:
        """Read the next part."""
        token = self.tokens.pop(0)
        if token in SEPARATORS or token in NOISE:
            return
        if token in DAYS or token in EVERY_DAY:
            self._take_days(token)
        elif _TIME.fullmatch(token):
            self._take_times(token)
        else:
            raise HoursUnreadable(
                _("“%(word)s” is not understood. Write for example “Mon-Fri 8-17”.") % {"word": token}
            )

    def finish(self) -> None:
        """Refuse days without times."""
        if self.days and not self.are_days_used:
            raise HoursUnreadable(_("Say from when to when, for example “Sat 9-14”."))

    def _take_days(self, token: str) -> None:
        if self.are_days_used:
            self.days, self.are_days_used = [], False
        if token in EVERY_DAY:
            self.days += range(7)
            return
        first = last = DAYS[token]
        if self.tokens and self.tokens[0] in TO:
            self.tokens.pop(0)
            if not self.tokens or self.tokens[0] not in DAYS:
                raise HoursUnreadable(_("A day is missing after “%(day)s”.") % {"day": token.capitalize()})
            last = DAYS[self.tokens.pop(0)]
        self.days += [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]

    def _take_times(self, token: str) -> None:
        while self.tokens and self.tokens[0] in NOISE:
            self.tokens.pop(0)
        if len(self.tokens) < 2 or self.tokens.pop(0) not in TO or not _TIME.fullmatch(self.tokens[0]):
            raise HoursUnreadable(_("Say until when: “%(time)s-…”.") % {"time": token})
        opens, closes = _minutes(token), _minutes(self.tokens.pop(0))
        if opens in (closes, DAY_MINUTES):
            raise HoursUnreadable(_("It closes when it opens: “%(time)s”. The whole day is “0-24”.") % {"time": token})
        if not self.days:
            raise HoursUnreadable(_("Say on which days, for example “Mon-Fri 8-17”."))
        length = closes - opens if closes > opens else closes - opens + DAY_MINUTES
        self.minutes += [(day * DAY_MINUTES + opens, day * DAY_MINUTES + opens + length) for day in self.days]
        self.are_days_used = True


def _minutes(token: str) -> int:
    found = _TIME.fullmatch(token)
    hour, minute = (int(part or 0) for part in found.groups()) if found else (99, 0)
    if hour > 24 or (hour == 24 and minute):
        raise HoursUnreadable(_("%(hour)s is not an hour. Write for example “Sat 9-14”.") % {"hour": token})
    if minute > 59:
        raise HoursUnreadable(_("%(minute)s is not a minute. Write for example “Sat 9:30-14”.") % {"minute": minute})
    return hour * 60 + minute


def _as_hours(minutes: list[tuple[int, int]]) -> tuple[Hours, ...]:
    """Split the ranges at midnight, and join those that overlap or touch."""
    by_day: dict[int, list[list[int]]] = defaultdict(list)
    for begin, end in minutes:
        while begin < end:
            midnight = (begin // DAY_MINUTES + 1) * DAY_MINUTES
            day, upto = begin // DAY_MINUTES, min(end, midnight)
            by_day[day % 7].append([begin - day * DAY_MINUTES, upto - day * DAY_MINUTES])
            begin = upto
    return tuple(
        Hours(day, _time(begin), _time(end)) for day in sorted(by_day) for begin, end in _joined(sorted(by_day[day]))
    )


def _joined(spans: list[list[int]]) -> list[list[int]]:
    joined: list[list[int]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([begin, end])
    return joined


def _time(minutes: int) -> time:
    return MIDNIGHT if minutes == DAY_MINUTES else time(minutes // 60, minutes % 60)
