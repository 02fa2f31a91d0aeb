"""Calculates when something is open from weekly hours, days off and a time zone, without a database.

Hours are local time. If clocks go forward over an opening time, it opens at the jump. If they go back, the repeated
hour counts twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MIDNIGHT = time(0)
SEARCHED_AHEAD = timedelta(days=370)
"""How far ahead the next opening is searched. Nobody waits longer than a year."""


@dataclass(frozen=True, order=True)
class Hours:
    """Open on one weekday (0 is Monday) from `opens` until before `closes`. `closes` 00:00 is the end of the day."""

    weekday: int
    opens: time
    closes: time

    def cover(self, moment: time) -> bool:
        """Tell whether a time of this weekday is within these hours."""
        return self.opens <= moment and (self.closes == MIDNIGHT or moment < self.closes)


@dataclass(frozen=True)
class Timetable:
    """Weekly hours (none: always open), the names of the days off by date, and the time zone of both."""

    zone: tzinfo
    hours: tuple[Hours, ...] = ()
    days_off: Mapping[date, str] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        """Tell whether it is open at an aware moment."""
        local = at.astimezone(self.zone)
        if local.date() in self.days_off:
            return False
        return not self.hours or any(hours.cover(local.time()) for hours in self._hours_of(local.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """Return the next opening (UTC). None while it is open, and if it stays closed for more than a year."""
        if self.is_open(at):
            return None
        today = at.astimezone(self.zone).date()
        for days in range(SEARCHED_AHEAD.days):
            for moment in self._possible_openings(today + timedelta(days=days)):
                if moment > at and self.is_open(moment):
                    return moment
        return None

    def day_off(self, at: datetime) -> str | None:
        """Return the name (may be "") of the day off at a moment. None if it is not a day off."""
        return self.days_off.get(at.astimezone(self.zone).date())

    def _hours_of(self, day: date) -> list[Hours]:
        return [hours for hours in self.hours if hours.weekday == day.weekday()]

    def _possible_openings(self, day: date) -> list[datetime]:
        """Return the moments of a day (UTC, ascending) at which it can open: opening times and clock changes."""
        if day in self.days_off:
            return []
        times = {hours.opens for hours in self._hours_of(day)} if self.hours else {MIDNIGHT}
        local = (datetime.combine(day, moment, self.zone).replace(fold=fold) for moment in times for fold in (0, 1))
        return sorted({*(moment.astimezone(UTC) for moment in local), *self._jumps(day)})

    def _jumps(self, day: date) -> Iterator[datetime]:
        """Yield the minute of a day at which the clocks change, if they do."""
        begin = datetime.combine(day, MIDNIGHT, self.zone).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=1), MIDNIGHT, self.zone).astimezone(UTC)
        if self._offset(begin) == self._offset(end):
            return
        low, high = begin, end
        while high - low > timedelta(minutes=1):
            middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
            low, high = (middle, high) if self._offset(middle) == self._offset(begin) else (low, middle)
        yield high

    def _offset(self, at: datetime) -> timedelta | None:
        return at.astimezone(self.zone).utcoffset()
