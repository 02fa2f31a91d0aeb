"""The whole shared directory at one moment, read in six queries: for imports and exports, which compare or write it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import Group
from django.db.models import QuerySet

from transfers.directory.entry_data import Address, DayOff, EntryData
from transfers.directory.timetable import Hours
from transfers.models import Destination, DirectoryEntry, Holiday, OpeningHours

Part = TypeVar("Part")


@dataclass(frozen=True)
class StandingEntry:
    """An entry as it stands, and at which version."""

    pk: int
    version: int
    data: EntryData


@dataclass(frozen=True)
class Standing:
    """Entries by their id, in the order they were asked for, and the names of the groups by theirs."""

    entries: dict[int, StandingEntry]
    groups: dict[int, str]


def read_standing(entries: "QuerySet[DirectoryEntry]") -> Standing:
    """Return entries with everything that belongs to them.

    No transaction holds the reads together, for on SQLite it would hold up everybody who writes. The entries are read
    first: of one that changes meanwhile the version is the old one, and so whoever claims that version learns of it.
    """
    rows = list(entries.select_related(None).order_by("search_text", "pk"))
    addresses = _by_entry(
        (row[0], Address(*row[1:]))
        for row in Destination.objects.filter(entry__in=entries.order_by())
        .order_by("position", "pk")
        .values_list("entry_id", "destination_type", "address", "label")
    )
    hours = _by_entry(
        (row[0], Hours(*row[1:]))
        for row in OpeningHours.objects.filter(entry__in=entries.order_by())
        .order_by("weekday", "opens")
        .values_list("entry_id", "weekday", "opens", "closes")
    )
    days = _by_entry(
        (row[0], DayOff(*row[1:]))
        for row in Holiday.objects.filter(entry__in=entries.order_by())
        .order_by("date", "name")
        .values_list("entry_id", "date", "name")
    )
    audiences = _by_entry(
        DirectoryEntry.audience.through.objects.filter(directoryentry__in=entries.order_by()).values_list(
            "directoryentry_id", "group_id"
        )
    )
    groups = dict(Group.objects.values_list("pk", "name"))
    return Standing(
        {row.pk: _standing(row, addresses[row.pk], hours[row.pk], days[row.pk], audiences[row.pk]) for row in rows},
        groups,
    )


def _by_entry(pairs: Iterable[tuple[int, Part]]) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = defaultdict(list)
    for entry_id, part in pairs:
        found[entry_id].append(part)
    return found


def _standing(
    row: DirectoryEntry, addresses: list[Address], hours: list[Hours], days: list[DayOff], audience: list[int]
) -> StandingEntry:
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
    return StandingEntry(row.pk, row.version, data)
