"""Everything that can be said of an entry, as one value: what forms, imports and pulls hand over to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group

from transfers.destination_policy import Identity
from transfers.directory.hours.timetable import Hours
from transfers.models import DirectoryEntry, EntryKind

Change = Mapping[str, Any]
"""{"field", "old", "new"}: one field of an entry before and after, in plain values; None is "not there"."""

Facts = Mapping[str, Any]
"""An entry in plain JSON values, see `as_facts`."""


@dataclass(frozen=True)
class Address:
    """One address of an entry. `destination_type` is our word, `label` tells it from the others ("mobile")."""

    destination_type: str
    address: str
    label: str = ""

    @property
    def identity(self) -> Identity:
        """Type and address."""
        return (self.destination_type, self.address)


@dataclass(frozen=True, order=True)
class DayOff:
    """A day on which something is closed, and what it is called ("" for no name)."""

    date: date
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class EntryData:
    """An entry without its identity; `audience` are ids of groups. See `DirectoryEntry` for what the fields mean."""

    kind: str
    name: str
    department: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    is_active: bool = True
    team_id: int | None = None
    audience: frozenset[int] = frozenset()
    time_zone: str = ""
    key: str = ""
    addresses: tuple[Address, ...] = ()
    hours: tuple[Hours, ...] = ()
    days_off: tuple[DayOff, ...] = ()


def read_data(entry: DirectoryEntry) -> EntryData:
    """Return an entry as it stands in the database."""
    addresses = entry.destinations.order_by("position", "pk").values_list("destination_type", "address", "label")
    return EntryData(
        kind=EntryKind(entry.kind).value,
        name=entry.name,
        department=entry.department,
        tags=tuple(entry.tags),
        note=entry.note,
        is_active=entry.is_active,
        team_id=entry.team_id,
        audience=frozenset(entry.audience.values_list("pk", flat=True)),
        time_zone=entry.time_zone,
        key=entry.key,
        addresses=tuple(Address(*address) for address in addresses),
        hours=tuple(sorted(Hours(row.weekday, row.opens, row.closes) for row in entry.hours.all())),
        days_off=tuple(sorted(DayOff(day.date, day.name) for day in entry.holidays.all())),
    )


def changes_between(old: EntryData | None, new: EntryData) -> list[Change]:
    """List what differs, field by field; of a new entry (`old` None) everything that is filled in."""
    return changes_between_facts(as_facts(old) if old else None, as_facts(new))


def changes_between_facts(before: Facts | None, after: Facts) -> list[Change]:
    """List what differs between two entries as `as_facts` spells them; `before` None is a new one."""
    return [
        {"field": name, "old": before[name] if before else None, "new": value}
        for name, value in after.items()
        if (before[name] != value if before else value not in ("", None, []))
    ]


def as_facts(data: EntryData) -> dict[str, Any]:
    """Spell an entry in plain JSON values, with names in place of ids, as the change log keeps it."""
    team = DirectoryEntry.objects.filter(pk=data.team_id).first() if data.team_id else None
    groups = Group.objects.filter(pk__in=data.audience).order_by("name") if data.audience else []
    return facts_of(data, team_name=team.name if team else "", group_names=[group.name for group in groups])


def facts_of(data: EntryData, *, team_name: str, group_names: Sequence[str]) -> dict[str, Any]:
    """Spell an entry as `as_facts` does, with the names already at hand, `group_names` in their order."""
    return {
        "name": data.name,
        "kind": data.kind,
        "addresses": [[each.destination_type, each.address, each.label] for each in data.addresses],
        "department": data.department,
        "tags": list(data.tags),
        "note": data.note,
        "is_active": data.is_active,
        "team": team_name,
        "audience": list(group_names),
        "hours": [[part.weekday, f"{part.opens:%H:%M}", f"{part.closes:%H:%M}"] for part in data.hours],
        "time_zone": data.time_zone,
        "days_off": days_off_facts(data.days_off),
        "key": data.key,
    }


def days_off_facts(days_off: tuple[DayOff, ...]) -> list[list[str]]:
    """Spell days off in plain values."""
    return [[day.date.isoformat(), day.name] for day in sorted(days_off)]
