"""An entry as one value: what forms, imports and SIP users give to the writers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group

from transfers.destination_policy import Identity
from transfers.directory.hours.timetable import Hours
from transfers.models import DirectoryEntry, EntryKind

Change = Mapping[str, Any]
"""{"field", "old", "new"}: one field of an entry before and after, in plain values. None means that it was absent."""

Facts = Mapping[str, Any]
"""An entry in plain JSON values, see `as_facts`."""


@dataclass(frozen=True)
class Address:
    """One address of an entry. `destination_type` is one of `DestinationType`. `label` is for people ("mobile")."""

    destination_type: str
    address: str
    label: str = ""

    @property
    def identity(self) -> Identity:
        """Type and address."""
        return (self.destination_type, self.address)


@dataclass(frozen=True, order=True)
class DayOff:
    """A day off, and its name ("" for none)."""

    date: date
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class EntryData:
    """An entry without its id. `audience` has ids of groups. The other fields are those of `DirectoryEntry`."""

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
    """Return a stored entry."""
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
    """List the fields that differ. For a new entry (`old` None), all fields that have a value."""
    return changes_between_facts(as_facts(old) if old else None, as_facts(new))


def changes_between_facts(before: Facts | None, after: Facts) -> list[Change]:
    """List the fields that differ between two entries in the form of `as_facts`. `before` is None for a new one."""
    return [
        {"field": name, "old": before[name] if before else None, "new": value}
        for name, value in after.items()
        if (before[name] != value if before else value not in ("", None, []))
    ]


def as_facts(data: EntryData) -> dict[str, Any]:
    """Return an entry in plain JSON values, with names instead of ids, as the change log stores it."""
    team = DirectoryEntry.objects.filter(pk=data.team_id).first() if data.team_id else None
    groups = Group.objects.filter(pk__in=data.audience).order_by("name") if data.audience else []
    return facts_of(data, team_name=team.name if team else "", group_names=[group.name for group in groups])


def facts_of(data: EntryData, *, team_name: str, group_names: Sequence[str]) -> dict[str, Any]:
    """Do the same as `as_facts`, with names that are already known. `group_names` are sorted."""
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
    """Return days off in plain JSON values."""
    return [[day.date.isoformat(), day.name] for day in sorted(days_off)]
