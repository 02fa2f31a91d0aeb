"""When entries are open: by their own hours, otherwise those of their team, otherwise always.

A time zone belongs to its hours: an entry with the hours of its team has the team's time zone. An entry is closed on
its own days off, on those of its team, and on the holidays for all. Without any hours the holidays for all do not
count: an entry that is always open is open on holidays too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from transfers.directory.hours.timetable import Hours, Timetable
from transfers.models import DirectoryEntry, Holiday, OpeningHours


@dataclass(frozen=True)
class Closed:
    """Why an entry is closed: `holiday` is the name of the day off (may be ""), None outside its hours.

    `opens_at` (UTC) is None if it stays closed for more than a year. `zone` is the time zone of its hours.
    """

    holiday: str | None
    opens_at: datetime | None
    zone: tzinfo


def is_open(entry: DirectoryEntry, at: datetime) -> bool:
    """Tell whether an entry is open at an aware moment."""
    return timetables_of([entry])[entry.pk].is_open(at)


def next_opening(entry: DirectoryEntry, at: datetime) -> datetime | None:
    """Return when a closed entry opens next (UTC). None while it is open, or if it does not open within a year."""
    return timetables_of([entry])[entry.pk].next_opening(at)


def closed_entries(entry_ids: Collection[int], *, at: datetime | None = None) -> dict[int, Closed]:
    """Return the entries that are closed at a moment (default: now), by id, with three queries."""
    if not entry_ids:
        return {}
    moment = at or timezone.now()
    entries = DirectoryEntry.objects.filter(pk__in=entry_ids).select_related("team")
    tables = timetables_of(entries.only("time_zone", "team__time_zone"))
    return {
        pk: Closed(holiday=table.day_off(moment), opens_at=table.next_opening(moment), zone=table.zone)
        for pk, table in tables.items()
        if not table.is_open(moment)
    }


def timetables_of(entries: Iterable[DirectoryEntry]) -> dict[int, Timetable]:
    """Return the timetable of each entry by id."""
    known = list(entries)
    ids = {entry.pk for entry in known} | {entry.team_id for entry in known if entry.team_id}
    hours: defaultdict[int, list[Hours]] = defaultdict(list)
    for row in OpeningHours.objects.filter(entry__in=ids):
        hours[row.entry_id].append(Hours(row.weekday, row.opens, row.closes))
    days_off: defaultdict[int | None, dict[date, str]] = defaultdict(dict)
    for day in Holiday.objects.filter(entry__in=ids) | Holiday.objects.filter(entry=None):
        days_off[day.entry_id][day.date] = day.name
    return {entry.pk: _timetable(entry, hours, days_off) for entry in known}


def _timetable(
    entry: DirectoryEntry, hours: dict[int, list[Hours]], days_off: dict[int | None, dict[date, str]]
) -> Timetable:
    team = entry.team
    own_hours, team_hours = hours.get(entry.pk, []), hours.get(team.pk, []) if team else []
    team_zone = team.time_zone if team else ""
    zone = team_zone if team_hours and not own_hours else entry.time_zone or team_zone
    for_all = days_off.get(None, {}) if own_hours or team_hours else {}
    for_team = days_off.get(team.pk, {}) if team else {}
    return Timetable(
        zone=_zone(zone),
        hours=tuple(sorted(own_hours or team_hours)),
        days_off={**for_all, **for_team, **days_off.get(entry.pk, {})},
    )


def _zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name. The system's zone for "" and for names that this machine does not know."""
    try:
        return ZoneInfo(name) if name else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()
