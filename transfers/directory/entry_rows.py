"""How an entry is stored in five tables. `editing` and `files.writing` call this: they check first and record after."""

from collections.abc import Iterable, Sequence

from transfers.directory.entry_data import Address, DayOff, EntryData
from transfers.directory.hours.timetable import Hours
from transfers.models import Destination, DirectoryEntry, Holiday, OpeningHours


def write_entry(entry: DirectoryEntry, data: EntryData) -> None:
    """Save an entry with everything that belongs to it. Unchanged addresses keep their rows and their favourites."""
    fill_entry(entry, data)
    entry.save()
    entry.audience.set(data.audience)
    _write_addresses(entry, data.addresses)
    entry.hours.all().delete()
    OpeningHours.objects.bulk_create(hours_rows(entry, data.hours))
    write_days_off(entry, data.days_off)


def fill_entry(entry: DirectoryEntry, data: EntryData) -> None:
    """Set the fields of an entry's own row, without saving."""
    entry.kind = data.kind
    entry.name = data.name
    entry.department = data.department
    entry.tags = list(data.tags)
    entry.note = data.note
    entry.is_active = data.is_active
    entry.team_id = data.team_id
    entry.time_zone = data.time_zone
    entry.key = data.key


def write_days_off(entry: DirectoryEntry | None, days: Sequence[DayOff]) -> None:
    """Replace the days off of an entry, or those for all."""
    Holiday.objects.filter(entry=entry).delete()
    Holiday.objects.bulk_create(days_off_rows(entry, days))


def hours_rows(entry: DirectoryEntry, hours: Iterable[Hours]) -> list[OpeningHours]:
    """Return rows for the opening hours of an entry, not saved."""
    return [OpeningHours(entry=entry, weekday=part.weekday, opens=part.opens, closes=part.closes) for part in hours]


def days_off_rows(entry: DirectoryEntry | None, days: Iterable[DayOff]) -> list[Holiday]:
    """Return rows for the days off of an entry, or for everybody, not saved."""
    return [Holiday(entry=entry, date=day.date, name=day.name) for day in days]


def place_addresses(
    entry: DirectoryEntry, rows: Sequence[Destination], addresses: Sequence[Address]
) -> tuple[list[Destination], list[Destination]]:
    """Return the rows of an entry's addresses, not saved, and those of its existing `rows` that it no longer needs.

    It matches by address first, then by type, so that a corrected number keeps its row.
    """
    kept = {row.identity: row for row in rows}
    wanted = {address.identity for address in addresses}
    free = [row for identity, row in kept.items() if identity not in wanted]
    placed = [
        kept.get(address.identity) or _row_of_same_type(free, address) or Destination(entry=entry)
        for address in addresses
    ]
    for position, (row, address) in enumerate(zip(placed, addresses, strict=True)):
        row.entry, row.position, row.label = entry, position, address.label
        row.destination_type, row.address = address.identity
    return placed, free


def _write_addresses(entry: DirectoryEntry, addresses: Sequence[Address]) -> None:
    placed, free = place_addresses(entry, list(entry.destinations.order_by("position", "pk")), addresses)
    for row in free:
        row.delete()
    for row in placed:
        row.save()


def _row_of_same_type(free: list[Destination], address: Address) -> Destination | None:
    """Take a free row of the same type, for a corrected address."""
    for row in free:
        if row.destination_type == address.destination_type:
            free.remove(row)
            return row
    return None
