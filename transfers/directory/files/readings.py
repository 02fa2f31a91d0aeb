"""Reads one row of a file by itself, without the directory and the other rows.

A reading is plain JSON, because it is stored between the upload and the import:

    row        the row's number in the file
    fields     the fields that the file has, by name: texts, lists, `kind`, `is_active`; `hours` and `days_off` as in
               `entry_data.as_facts`; `team` and `audience` by their names in the file
    addresses  [type, address, label, keeps_label] in order; `keeps_label` means that an existing label stays
    types      the types of address that the file has columns for; addresses of other types stay
    problems   sentences for a person that say why the row cannot be imported; empty if it can
    rules      which number rules checked the row (`destination_policy.rules_fingerprint`); `importing` adds it
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from django.utils.translation import gettext as _

from transfers.directory.entry_check import check_addresses, check_texts
from transfers.directory.entry_data import Address, DayOff, EntryData, facts_of
from transfers.directory.files.address_cells import GivenAddress, read_addresses, types_of
from transfers.directory.files.columns import head_of
from transfers.directory.files.limits import MOST_CELL_CHARACTERS, Row
from transfers.directory.files.words import WordUnknown, read_group, read_kind, read_list, read_yes
from transfers.directory.hours.days_off import DayUnreadable, read_days
from transfers.directory.hours.parsing import HoursUnreadable, read_hours
from transfers.directory.hours.timetable import Hours
from transfers.directory.tidying import tidy, tidy_entry

Reading = dict[str, Any]

LONGEST_HOURS = 2000

_BEFORE_DAY = re.compile(r"[,;]\s*(?=\d{4}-\d{1,2}-\d|\d{1,2}\.\s*\d{1,2}\.\s*\d{4})", re.ASCII)
"""The separator between two days on one line."""

TEXTS = ("key", "name", "department", "note", "time_zone", "team")
KEPT_IF_EMPTY = {"key", "name", "kind", "is_active"}
"""Fields that an empty cell does not clear: an entry needs them, or imports find it by them."""


def read_row(number: int, cells: Row, columns: Sequence[str]) -> Reading:
    """Read one row by the columns of its file."""
    problems: list[str] = []
    if any(cell.strip() for cell in cells[len(columns) :]) or any(len(cell) > MOST_CELL_CHARACTERS for cell in cells):
        problems.append(_("This row does not fit the columns. Is a quotation mark or a separator amiss?"))
        return {"row": number, "fields": {}, "addresses": [], "types": [], "problems": problems}
    by_column = {column: cells[index].strip() if index < len(cells) else "" for index, column in enumerate(columns)}
    by_column.pop("", None)
    fields = _read_fields(by_column, problems)
    addresses = read_addresses(by_column, problems)
    if not fields.get("name") and not fields.get("key"):
        problems.append(_("Name or key is missing."))
    return _checked(number, fields, addresses, types_of(by_column), problems)


def _read_fields(by_column: dict[str, str], problems: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: by_column[name] for name in TEXTS if name in by_column}
    for name, read in _READERS.items():
        if name in by_column and (by_column[name] or name not in KEPT_IF_EMPTY):
            try:
                fields[name] = read(by_column[name])
            except (WordUnknown, HoursUnreadable, DayUnreadable) as unreadable:
                problems.append(f"{head_of(name)}: {unreadable}")
    return {name: value for name, value in fields.items() if value != "" or name not in KEPT_IF_EMPTY}


def _read_hours(text: str) -> tuple[Hours, ...]:
    if len(text) > LONGEST_HOURS:
        raise HoursUnreadable(_("At most %(most)d characters.") % {"most": LONGEST_HOURS})
    return read_hours(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "kind": read_kind,
    "is_active": read_yes,
    "tags": lambda text: tuple(read_list(text)),
    "audience": lambda text: [read_group(tidy(word)) for word in read_list(text)],
    "hours": _read_hours,
    "days_off": lambda text: read_days(_BEFORE_DAY.sub("\n", text)),
}


def _checked(
    number: int, fields: dict[str, Any], addresses: list[GivenAddress], types: list[str], problems: list[str]
) -> Reading:
    """Check the row as far as possible without the directory, and return the reading."""
    given = {name: value for name, value in fields.items() if name not in ("team", "audience", "kind")}
    data = tidy_entry(EntryData(**{"name": "", "kind": fields.get("kind", ""), **given}))
    problems += [f"{head_of(name)}: {text}" for name, text in check_texts(data).items()]
    refused: dict[str, str] = {}
    checked = list(check_addresses([each.address for each in addresses], refused))
    for name, text in refused.items():
        index = name.partition(".")[2]
        problems.append(f"{addresses[int(index)].column if index else _('Addresses')}: {text}")
    facts = facts_of(data, team_name=tidy(fields.get("team", "")), group_names=fields.get("audience", []))
    return {
        "row": number,
        "fields": {name: facts[name] for name in fields},
        "addresses": [[*_parts(each), given.keeps_label] for each, given in zip(checked, addresses, strict=False)],
        "types": types,
        "problems": problems,
    }


def _parts(address: Address) -> tuple[str, str, str]:
    return (address.destination_type, address.address, address.label)


def merge(reading: Reading, old: EntryData | None) -> EntryData:
    """Return the entry after a reading. Team and audience stay as they were: they need the directory."""
    before = old or EntryData(kind="person", name="")
    fields = {name: value for name, value in reading["fields"].items() if name not in ("team", "audience")}
    if "tags" in fields:
        fields["tags"] = tuple(fields["tags"])
    if "hours" in fields:
        fields["hours"] = tuple(
            Hours(day, time.fromisoformat(a), time.fromisoformat(b)) for day, a, b in fields["hours"]
        )
    if "days_off" in fields:
        fields["days_off"] = tuple(DayOff(date.fromisoformat(day), name) for day, name in fields["days_off"])
    return replace(before, addresses=_merged_addresses(reading, before.addresses), **fields)


def _merged_addresses(reading: Reading, before: tuple[Address, ...]) -> tuple[Address, ...]:
    """Replace the addresses of the row's types in their positions. Additional ones go to the end, other types stay."""
    labels = {each.identity: each.label for each in before}
    wanted = [
        (Address(kind, address, labels.get((kind, address), label) if keeps_label else label), keeps_label)
        for kind, address, label, keeps_label in reading["addresses"]
    ]
    merged: list[Address] = []
    for each in before:
        if each.destination_type not in reading["types"]:
            merged.append(each)
        elif wanted:
            address, keeps_label = wanted.pop(0)
            is_corrected = keeps_label and address.identity not in labels and not address.label
            merged.append(replace(address, label=each.label) if is_corrected else address)
    return (*merged, *(address for address, _keeps_label in wanted))
