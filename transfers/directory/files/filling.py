"""The rows of an import, filled in before they are saved.

This is done outside the transaction, because on SQLite nobody else can write while it is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from transfers.directory.entry_data import Change, EntryData
from transfers.directory.entry_rows import days_off_rows, fill_entry, hours_rows, place_addresses
from transfers.directory.snapshot import SnapshotEntry
from transfers.models import Destination, DirectoryChange, DirectoryEntry, Holiday, OpeningHours

Audience = DirectoryEntry.audience.through


class DirectoryChangedMeanwhile(Exception):
    """The directory is no longer as it was when the write was prepared. Nothing was written."""


@dataclass(eq=False)
class EntryWrite:
    """An entry as it will be. `old` is the entry as it is now, None for a new one.

    `new_team` is the entry's team if this import adds it; otherwise `data` names the team.
    """

    data: EntryData
    changes: Sequence[Change]
    old: SnapshotEntry | None = None
    new_team: "EntryWrite | None" = None


@dataclass(eq=False)
class EntryRows:
    """The rows of one entry, filled in and not yet saved.

    `moving` are the ids of those `addresses` whose address changes, `surplus` the ids of those to delete. `replaced`
    has the new rows of each table in which the entry's rows are replaced.
    """

    write: EntryWrite
    entry: DirectoryEntry
    addresses: list[Destination]
    moving: list[int]
    surplus: list[int]
    replaced: dict[type[models.Model], list[models.Model]]
    change: DirectoryChange


def prepare_rows(writes: Sequence[EntryWrite], *, actor_name: str) -> list[EntryRows]:
    """Fill in the rows of all entries. Raises `DirectoryChangedMeanwhile` if an entry is gone."""
    ids = [write.old.pk for write in writes if write.old]
    addresses = models.Prefetch("destinations", Destination.objects.order_by("position", "pk"))
    entries = DirectoryEntry.objects.prefetch_related(addresses).in_bulk(ids)
    if len(entries) < len(ids):
        raise DirectoryChangedMeanwhile
    return [_fill_rows(write, entries[write.old.pk] if write.old else DirectoryEntry(), actor_name) for write in writes]


def _fill_rows(write: EntryWrite, entry: DirectoryEntry, actor_name: str) -> EntryRows:
    fill_entry(entry, write.data)
    entry.renew_search_text()
    rows = list(entry.destinations.all()) if write.old else []
    identities = {row.pk: row.identity for row in rows}
    placed, surplus = place_addresses(entry, rows, write.data.addresses)
    for row in placed:
        row.renew_derived()
    return EntryRows(
        write=write,
        entry=entry,
        addresses=placed,
        moving=[row.pk for row in placed if row.pk and identities[row.pk] != row.identity],
        surplus=[row.pk for row in surplus],
        replaced=_replaced_rows(write, entry),
        change=DirectoryChange(
            entry=entry, changed_at=timezone.now(), actor_name=actor_name[:160], changes=list(write.changes)
        ),
    )


def _replaced_rows(write: EntryWrite, entry: DirectoryEntry) -> dict[type[models.Model], list[models.Model]]:
    data, old = write.data, write.old.data if write.old else None
    replaced: dict[type[models.Model], list[models.Model]] = {}
    if old is None or old.hours != data.hours:
        replaced[OpeningHours] = [*hours_rows(entry, data.hours)]
    if old is None or old.days_off != data.days_off:
        replaced[Holiday] = [*days_off_rows(entry, data.days_off)]
    if old is None or old.audience != data.audience:
        replaced[Audience] = [Audience(directoryentry=entry, group_id=pk) for pk in sorted(data.audience)]
    return replaced
