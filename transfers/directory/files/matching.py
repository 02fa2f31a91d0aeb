"""Which entry of the directory each row means: the one with its key, else the one with its name.

A row without a key, or with a key that is new, means the entry of its name and kind; with a new key only one that has
no key yet. Where a name comes several times, in the file or in the directory, an address in common decides, then the
department; what that leaves open is refused, for a guess could give a person somebody else's number.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from transfers.directory.entry_data import Change, EntryData
from transfers.directory.files.readings import Reading, merge
from transfers.directory.snapshot import SnapshotEntry


@dataclass(eq=False)
class Draft:
    """One row on its way into the directory: the entry it means (None for a new one), and what that will be like.

    `wanted` has the team that it had before: `team` is the one it will have, an id, or the draft of a new team.
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
        """Whether nothing speaks against it so far."""
        return not self.problems


def match_rows(readings: Iterable[Reading], entries: Iterable[SnapshotEntry]) -> list[Draft]:
    """Return a draft for each row, those that mean nothing or too much with their problem."""
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
    """Finds entries for rows; each entry is found once. `found` and `problems` are by the number of the row."""

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
            self._find_among(rows, entries_of.get(name, []))

    def _find_among(self, rows: list[Reading], entries: list[SnapshotEntry]) -> None:
        """Match rows and entries of one name."""
        if len(rows) == len(entries) == 1:
            if _may_mean(rows[0], entries[0]):
                self.found[rows[0]["row"]] = entries[0]
            return
        for is_same in (_shares_address, _is_of_department):
            for row in rows:
                fitting = [entry for entry in entries if _may_mean(row, entry) and is_same(row, entry)]
                if row["row"] not in self.found and len(fitting) == 1:
                    self.found[row["row"]] = fitting[0]
                    entries = [entry for entry in entries if entry is not fitting[0]]
        for row in rows:
            if row["row"] not in self.found and any(_may_mean(row, entry) for entry in entries):
                self.problems[row["row"]].append(
                    _("It is not clear which entry of this name is meant. Give the row the key of the entry.")
                )


def _may_mean(row: Reading, entry: SnapshotEntry) -> bool:
    """Whether a row may mean an entry of its name: of the same kind, and no other key."""
    kind = row["fields"].get("kind", entry.data.kind)
    return kind == entry.data.kind and not (row["fields"].get("key") and entry.data.key)


def _shares_address(row: Reading, entry: SnapshotEntry) -> bool:
    return bool(
        {(kind, address) for kind, address, *_more in row["addresses"]} & {a.identity for a in entry.data.addresses}
    )


def _is_of_department(row: Reading, entry: SnapshotEntry) -> bool:
    return bool(row["fields"].get("department", entry.data.department) == entry.data.department)
