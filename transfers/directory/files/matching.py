"""Which entry of the directory each row means: the one with its key, otherwise the one with its name.

A row without a key, or with a new key, means the entry with its name and kind; with a new key, only an entry without a
key. If several rows or entries have the name, an address in common decides, then the department. A row that is still
unclear is refused, because a guess could give a person somebody else's number.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from transfers.directory.entry_data import Change, EntryData
from transfers.directory.files.readings import Reading, merge
from transfers.directory.snapshot import SnapshotEntry


@dataclass(eq=False)
class Draft:
    """One row of an import: the entry it means (`old`, None for a new one), and what the entry will be (`wanted`).

    `wanted` has the old team. `team` is the new one: an id, or the draft of a team that the file adds.
    """

    row: int
    reading: Reading
    old: SnapshotEntry | None
    wanted: EntryData
    team: "int | Draft | None" = None
    problems: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether it has no problem so far."""
        return not self.problems


def match_rows(readings: Iterable[Reading], entries: Iterable[SnapshotEntry]) -> list[Draft]:
    """Return a draft for each row. A row that means no entry clearly has a problem."""
    finder = _Finder(list(entries))
    readings = list(readings)
    finder.find_by_key(readings)
    finder.find_by_name(readings)
    return [
        Draft(
            row=reading["row"],
            reading=reading,
            old=(old := finder.found.get(reading["row"])),
            wanted=merge(reading, old.data if old else None),
            problems=[*reading["problems"], *finder.problems[reading["row"]]],
        )
        for reading in readings
    ]


class _Finder:
    """Finds entries for rows, each entry once. `found` and `problems` are by row number."""

    def __init__(self, entries: list[SnapshotEntry]) -> None:
        self.found: dict[int, SnapshotEntry] = {}
        self.problems: dict[int, list[str]] = defaultdict(list)
        self._entries = entries

    def find_by_key(self, readings: Iterable[Reading]) -> None:
        by_key = {entry.data.key: entry for entry in self._entries if entry.data.key}
        row_of_key: dict[str, int] = {}
        for reading in readings:
            key, row = reading["fields"].get("key"), reading["row"]
            if not key or reading["problems"]:
                continue
            if key in row_of_key:
                self.problems[row].append(_("Row %(row)d has this key as well.") % {"row": row_of_key[key]})
                continue
            row_of_key[key] = row
            if key in by_key:
                self.found[row] = by_key[key]

    def find_by_name(self, readings: Iterable[Reading]) -> None:
        taken = {entry.pk for entry in self.found.values()}
        entries_of: dict[str, list[SnapshotEntry]] = defaultdict(list)
        for entry in self._entries:
            if entry.pk not in taken:
                entries_of[entry.data.name.casefold()].append(entry)
        rows_of: dict[str, list[Reading]] = defaultdict(list)
        for reading in readings:
            row = reading["row"]
            if row not in self.found and not reading["problems"] and not self.problems[row]:
                rows_of[reading["fields"].get("name", "").casefold()].append(reading)
        for name, rows in rows_of.items():
            self._match_same_name(rows, entries_of.get(name, []))

    def _match_same_name(self, rows: list[Reading], entries: list[SnapshotEntry]) -> None:
        """Match rows and entries that all have one name."""
        if len(rows) == len(entries) == 1:
            if _may_mean(rows[0], entries[0]):
                self.found[rows[0]["row"]] = entries[0]
            return
        free = {entry.pk: entry for entry in entries}
        for is_same in (_shares_address, _is_of_department):
            for row in rows:
                fitting = [entry for entry in free.values() if _may_mean(row, entry) and is_same(row, entry)]
                if row["row"] not in self.found and len(fitting) == 1:
                    self.found[row["row"]] = free.pop(fitting[0].pk)
        self._refuse_unclear(rows, free.values())

    def _refuse_unclear(self, rows: list[Reading], entries: Collection[SnapshotEntry]) -> None:
        for row in rows:
            if row["row"] not in self.found and any(_may_mean(row, entry) for entry in entries):
                self.problems[row["row"]].append(
                    _("It is not clear which entry of this name is meant. Give the row the key of the entry.")
                )


def _may_mean(row: Reading, entry: SnapshotEntry) -> bool:
    """Tell whether a row can mean an entry with its name: same kind, and not two different keys."""
    kind = row["fields"].get("kind", entry.data.kind)
    return kind == entry.data.kind and not (row["fields"].get("key") and entry.data.key)


def _shares_address(row: Reading, entry: SnapshotEntry) -> bool:
    return bool(
        {(kind, address) for kind, address, *_more in row["addresses"]} & {a.identity for a in entry.data.addresses}
    )


def _is_of_department(row: Reading, entry: SnapshotEntry) -> bool:
    return bool(row["fields"].get("department", entry.data.department) == entry.data.department)
