"""Composes the rows of many entries before anything is locked: search texts, places of addresses, stored values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from transfers.directory.bulk_rows import Values, fields_of, stored
from transfers.directory.entry_data import Change, EntryData
from transfers.directory.entry_rows import fill_entry, place_addresses
from transfers.directory.standing import StandingEntry
from transfers.models import Destination, DirectoryChange, DirectoryEntry, Holiday, OpeningHours

AT_ONCE = 400
"""How many ids stand in one condition."""

NEW_ENTRY_FIELDS = fields_of(DirectoryEntry)
CHANGED_ENTRY_FIELDS = fields_of(DirectoryEntry, without=["version", "owner"])
ADDRESS_FIELDS = fields_of(Destination)
CHANGE_FIELDS = fields_of(DirectoryChange)
Audience = DirectoryEntry.audience.through
CHILDREN: dict[type[models.Model], tuple[str, list[str]]] = {
    OpeningHours: ("hours", ["entry", "weekday", "opens", "closes"]),
    Holiday: ("days_off", ["entry", "date", "name"]),
    Audience: ("audience", ["directoryentry", "group"]),
}
"""What is written anew if it differs: its field of `EntryData`, and its columns, the entry first."""


class DirectoryChangedMeanwhile(Exception):
    """The directory is not any more as it was when a write was prepared; nothing was written."""


@dataclass(eq=False)
class WantedEntry:
    """An entry as it shall be: a new one without `old`. `new_team` is of the same write; else `data` has its team."""

    data: EntryData
    changes: Sequence[Change]
    old: StandingEntry | None = None
    new_team: "WantedEntry | None" = None


@dataclass(eq=False)
class PreparedEntry:
    """The values of an entry's rows, in the order of the fields above; where they name the entry it is still missing.

    `addresses` are (id or None for a new row, values); `moving` are the ids of those whose address changes, and
    `left_over` those that go. `children` has nothing for what stays as it is.
    """

    wanted: WantedEntry
    values: Values
    addresses: list[tuple[int | None, Values]]
    moving: list[int]
    left_over: list[int]
    children: dict[type[models.Model], list[Values]]
    change: Values


def prepare_write(wanted: Iterable[WantedEntry], *, actor_name: str) -> list[PreparedEntry]:
    """Compose all rows. Raises `DirectoryChangedMeanwhile` if an entry is gone."""
    wanted = list(wanted)
    ids = [each.old.pk for each in wanted if each.old]
    entries = {entry.pk: entry for part in parts_of(ids) for entry in DirectoryEntry.objects.filter(pk__in=part)}
    if len(entries) < len(ids):
        raise DirectoryChangedMeanwhile
    addresses: dict[int, list[Destination]] = defaultdict(list)
    for part in parts_of(ids):
        for row in Destination.objects.filter(entry__in=part).order_by("position", "pk"):
            addresses[row.entry_id].append(row)
    return [
        _prepare(each, entries[each.old.pk], addresses[each.old.pk], actor_name)
        if each.old
        else _prepare(each, DirectoryEntry(), [], actor_name)
        for each in wanted
    ]


def parts_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut ids into parts that fit into a condition."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _prepare(wanted: WantedEntry, entry: DirectoryEntry, rows: list[Destination], actor_name: str) -> PreparedEntry:
    fill_entry(entry, wanted.data)
    entry.renew_search_text()
    before = {row.pk: (row.destination_type, row.address) for row in rows}
    placed, left_over = place_addresses(entry, rows, wanted.data.addresses)
    for row in placed:
        row.renew_derived()
    change = DirectoryChange(changed_at=timezone.now(), actor_name=actor_name[:160], changes=list(wanted.changes))
    return PreparedEntry(
        wanted=wanted,
        values=stored(entry, CHANGED_ENTRY_FIELDS if wanted.old else NEW_ENTRY_FIELDS),
        addresses=[(row.pk, stored(row, ADDRESS_FIELDS)) for row in placed],
        moving=[row.pk for row in placed if row.pk and before[row.pk] != (row.destination_type, row.address)],
        left_over=[row.pk for row in left_over],
        children=dict(_children(wanted)),
        change=stored(change, CHANGE_FIELDS),
    )


def _children(wanted: WantedEntry) -> Iterator[tuple[type[models.Model], list[Values]]]:
    """Yield what belongs to an entry and is not as it was, by the table."""
    data, old = wanted.data, wanted.old.data if wanted.old else None
    rows: dict[type[models.Model], list[models.Model]] = {
        OpeningHours: [OpeningHours(weekday=part.weekday, opens=part.opens, closes=part.closes) for part in data.hours],
        Holiday: [Holiday(date=day.date, name=day.name) for day in data.days_off],
        Audience: [Audience(group_id=pk) for pk in sorted(data.audience)],
    }
    for model, (name, fields) in CHILDREN.items():
        if old is None or getattr(old, name) != getattr(data, name):
            yield model, [stored(row, fields) for row in rows[model]]
