"""A snapshot of many entries, read in six queries, for imports and exports."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from transfers.directory.entry_data import Address, DayOff, EntryData
from transfers.directory.hours.timetable import Hours
from transfers.models import Destination, DirectoryEntry, Holiday, OpeningHours

Part = TypeVar("Part")


@dataclass(frozen=True)
class SnapshotEntry:
    """An entry as it was read, and its version."""

    pk: int
    version: int
    data: EntryData


@dataclass(frozen=True)
class Snapshot:
    """Entries by id, in the order of the directory's list, and the names of all groups by id."""

    entries: dict[int, SnapshotEntry]
    groups: dict[int, str]


def read_snapshot(entries: "QuerySet[DirectoryEntry]") -> Snapshot:
    """Return entries with everything that belongs to them.

    The queries share no transaction, because on SQLite it would block every other writer. The entries are read first.
    If one changes between the queries, its version here is the old one, and a later write by that version fails.
    """
    rows = list(entries.select_related(None).order_by("search_text", "pk"))
    ids = entries.order_by()
    addresses, hours, days, audiences = _addresses(ids), _hours(ids), _days_off(ids), _audiences(ids)
    found = {
        row.pk: _snapshot_entry(row, addresses[row.pk], hours[row.pk], days[row.pk], audiences[row.pk]) for row in rows
    }
    return Snapshot(found, groups=dict(Group.objects.values_list("pk", "name")))


def _addresses(entries: "QuerySet[DirectoryEntry]") -> dict[int, list[Address]]:
    rows = Destination.objects.filter(entry__in=entries).order_by("position", "pk")
    values = rows.values_list("entry_id", "destination_type", "address", "label")
    return _by_entry((row[0], Address(*row[1:])) for row in values)


def _hours(entries: "QuerySet[DirectoryEntry]") -> dict[int, list[Hours]]:
    rows = OpeningHours.objects.filter(entry__in=entries).order_by("weekday", "opens")
    return _by_entry((row[0], Hours(*row[1:])) for row in rows.values_list("entry_id", "weekday", "opens", "closes"))


def _days_off(entries: "QuerySet[DirectoryEntry]") -> dict[int, list[DayOff]]:
    rows = Holiday.objects.filter(entry__in=entries).order_by("date", "name")
    return _by_entry((row[0], DayOff(*row[1:])) for row in rows.values_list("entry_id", "date", "name"))


def _audiences(entries: "QuerySet[DirectoryEntry]") -> dict[int, list[int]]:
    rows = DirectoryEntry.audience.through.objects.filter(directoryentry__in=entries)
    return _by_entry(rows.values_list("directoryentry_id", "group_id"))


def _by_entry(pairs: Iterable[tuple[int, Part]]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = defaultdict(list)
    for entry_id, part in pairs:
        found[entry_id].append(part)
    return found


def _snapshot_entry(
    row: DirectoryEntry, addresses: list[Address], hours: list[Hours], days: list[DayOff], audience: list[int]
) -> SnapshotEntry:
    data = EntryData(
        kind=row.kind,
        name=row.name,
        department=row.department,
        tags=tuple(row.tags),
        note=row.note,
        is_active=row.is_active,
        team_id=row.team_id,
        audience=frozenset(audience),
        time_zone=row.time_zone,
        key=row.key,
        addresses=tuple(addresses),
        hours=tuple(hours),
        days_off=tuple(days),
    )
    return SnapshotEntry(row.pk, row.version, data)
