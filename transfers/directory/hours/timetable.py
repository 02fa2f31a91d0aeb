"""When something is open, reckoned from weekly hours, days off and a time zone: no database in here.

Hours are meant as the clock on the wall shows them. When clocks go forward over an opening time, it opens with the
jump; when they go back, the hour that comes twice counts twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MIDNIGHT = time(0)
LOOKS_AHEAD = timedelta(days=370)
"""How far the next opening is looked for: over a year of days off nobody waits."""


@dataclass(frozen=True, order=True)
class Hours:
    """Open on one weekday (0 is Monday) from `opens` until before `closes`, of which 00:00 is the day's end."""

    weekday: int
    opens: time
    closes: time

    def cover(self, moment: time) -> bool:
        """Tell whether a time of their weekday lies within."""
        return self.opens <= moment and (self.closes == MIDNIGHT or moment < self.closes)


@dataclass(frozen=True)
class Timetable:
    """Weekly hours (none: always open), the names of the days off by their date, and the zone both are meant in."""

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
        """Return when it opens next (UTC); None while it is open, and when it stays closed for more than a year."""
        if self.is_open(at):
            return None
        today = at.astimezone(self.zone).date()
        for days in range(LOOKS_AHEAD.days):
            for moment in self._possible_openings(today + timedelta(days=days)):
                if moment > at and self.is_open(moment):
                    return moment
        return None

    def day_off(self, at: datetime) -> str | None:
        """Return the name of the day off that a moment lies in (it may be empty); None on every other day."""
        return self.days_off.get(at.astimezone(self.zone).date())

    def _hours_of(self, day: date) -> list[Hours]:
        return [hours for hours in self.hours if hours.weekday == day.weekday()]

    def _possible_openings(self, day: date) -> list[datetime]:
        """List the moments of a day (UTC, ascending) at which it may open: opening times, and where the clock jumps."""
        if day in self.days_off:
            return []
        times = {hours.opens for hours in self._hours_of(day)} if self.hours else {MIDNIGHT}
        local = (datetime.combine(day, moment, self.zone).replace(fold=fold) for moment in times for fold in (0, 1))
        return sorted({*(moment.astimezone(UTC) for moment in local), *self._jumps(day)})

    def _jumps(self, day: date) -> Iterator[datetime]:
        """Yield the moment of a day, to the minute, from which clocks show another time, if there is one."""
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
