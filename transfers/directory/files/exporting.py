"""Entries as a file. Importing the unchanged file again changes nothing."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from transfers.base.csv_cells import csv_cell
from transfers.directory.entry_data import Address, EntryData
from transfers.directory.files.columns import ADDRESS_HEADS, FIELD_HEADS, head_of
from transfers.directory.files.limits import Row
from transfers.directory.files.words import write_group, write_list, write_yes
from transfers.directory.files.workbooks import write_workbook
from transfers.directory.hours.parsing import read_hours
from transfers.directory.hours.writing import write_hours
from transfers.directory.snapshot import Snapshot
from transfers.models import DestinationType, EntryKind

BYTE_ORDER_MARK = "\ufeff"
FEWEST_ADDRESSES = 2
"""A file has columns for at least so many addresses."""


def write_csv(rows: Iterable[Row]) -> bytes:
    """Return rows as CSV with the separator that spreadsheets of the reader's language expect."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if (get_language() or "").startswith("de") else ",")
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def write_xlsx(rows: Iterable[Row]) -> bytes:
    """Return rows as a workbook of texts."""
    return write_workbook(rows, title=_("Destinations"))


def table_rows(snapshot: Snapshot, *, teams: Snapshot) -> Iterator[Row]:
    """Yield the head and a row for each entry, in the reader's language; `teams` are all teams of the directory."""
    addresses = max([FEWEST_ADDRESSES, *(len(entry.data.addresses) for entry in snapshot.entries.values())])
    numbered = [f"{part} {number}" for number in range(1, addresses + 1) for part in ADDRESS_HEADS]
    yield [head_of(column) for column in (*FIELD_HEADS, *numbered)]
    words = _team_names(teams)
    for entry in snapshot.entries.values():
        team = words.get(entry.data.team_id or 0, "")
        groups = sorted(snapshot.groups[pk] for pk in entry.data.audience)
        yield [*_field_cells(entry.data, team=team, groups=groups), *_address_cells(entry.data.addresses, addresses)]


def example_rows() -> Iterator[Row]:
    """Yield the head, a made-up team and a member, with numbers that are reserved for examples."""
    numbered = [f"{part} {number}" for number in range(1, FEWEST_ADDRESSES + 1) for part in ADDRESS_HEADS]
    yield [head_of(column) for column in (*FIELD_HEADS, *numbered)]
    team = EntryData(
        kind="team",
        name=_("Meter reading"),
        key="T-1",
        department=_("Metering"),
        hours=read_hours("Mon-Thu 8-16:30, Fri 8-14"),
    )
    person = EntryData(
        kind="person",
        name="Jürgen Müller",
        key="P-17",
        department=team.department,
        tags=(_("Meters"), _("Turkish")),
        note=_("Have the meter number ready."),
        addresses=(
            Address(DestinationType.SIP_USER.value, "mueller.j"),
            Address(DestinationType.EXTERNAL_NUMBER.value, "+492214710217", _("Mobile")),
        ),
    )
    for data, team_name in ((team, ""), (person, team.name)):
        yield [*_field_cells(data, team=team_name, groups=[]), *_address_cells(data.addresses, FEWEST_ADDRESSES)]


def _field_cells(data: EntryData, *, team: str, groups: Iterable[str]) -> Row:
    cells = {
        "key": data.key,
        "name": data.name,
        "kind": str(EntryKind(data.kind).label),
        "department": data.department,
        "team": team,
        "tags": write_list(data.tags),
        "note": data.note,
        "hours": write_hours(data.hours),
        "time_zone": data.time_zone,
        "days_off": "\n".join(f"{day.date.isoformat()} {day.name}".strip() for day in data.days_off),
        "audience": write_list(write_group(name) for name in groups),
        "is_active": write_yes(data.is_active),
    }
    return [cells[column] for column in FIELD_HEADS]


def _address_cells(addresses: tuple[Address, ...], most: int) -> Row:
    cells = [
        cell
        for each in addresses
        for cell in (each.address, str(DestinationType(each.destination_type).label), each.label)
    ]
    return cells + [""] * (most * len(ADDRESS_HEADS) - len(cells))


def _team_names(teams: Snapshot) -> dict[int, str]:
    """Return the name of each team, or its key if the name is ambiguous."""
    words = Counter(
        word.casefold() for each in teams.entries.values() for word in (each.data.name, each.data.key) if word
    )
    return {
        pk: each.data.name if words[each.data.name.casefold()] == 1 else each.data.key or each.data.name
        for pk, each in teams.entries.items()
    }
