"""Checks a part of the chain: no gap, and each entry fits its hash, its predecessor, its detail and its anchors."""

from collections import deque
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from transfers.audit_log.actions import AuditAction
from transfers.audit_log.anchors import Anchor
from transfers.audit_log.chain import GENESIS_HASH
from transfers.audit_log.coverage import read_erased_seqs
from transfers.audit_log.findings import Finding
from transfers.audit_log.rows import StoredEntry, stored_entries
from transfers.models import AuditEntry


class ChainCheck:
    """One check of a part of the chain; its counters say how much was checked."""

    def __init__(self, *, from_seq: int, to_seq: int | None, anchors: Sequence[Anchor]) -> None:
        self.entries = 0
        self.erased_details = 0
        self.anchors_met = 0
        self.last_seq = from_seq - 1
        self._from_seq = from_seq
        self._to_seq = to_seq
        self._anchors = deque(sorted(each for each in anchors if from_seq <= each.seq <= (to_seq or each.seq)))
        self._erased = read_erased_seqs()
        self._last_hash: str | None = GENESIS_HASH

    def run(self) -> Iterator[Finding]:
        """Yield what is wrong, by ascending seq."""
        yield from self._find_start()
        for entry in stored_entries(self._part()):
            self.entries += 1
            if type(entry.seq) is int and entry.seq > self.last_seq:
                yield from self._check_place(entry)
                yield from self._check_entry(entry)
                yield from self._check_anchors(entry)
                self.last_seq, self._last_hash = entry.seq, entry.hash or None
            else:
                yield Finding(None, f"An entry stands where none can be: its seq is {entry.seq!r}.")
        yield from self._check_end()

    def _part(self) -> QuerySet[AuditEntry]:
        # From 1, entries with a smaller seq are read as well: there must be none.
        entries = (
            AuditEntry.objects.all() if self._from_seq == 1 else AuditEntry.objects.filter(seq__gte=self._from_seq)
        )
        return entries if self._to_seq is None else entries.filter(seq__lte=self._to_seq)

    def _find_start(self) -> Iterator[Finding]:
        if self._from_seq > 1:
            before = AuditEntry.objects.filter(seq=self._from_seq - 1).values_list("hash", flat=True).first()
            self._last_hash = before
            if before is None:
                yield Finding(self._from_seq - 1, f"Entry {self._from_seq - 1} is missing.")

    def _check_place(self, entry: StoredEntry) -> Iterator[Finding]:
        expected = self.last_seq + 1
        if entry.seq > expected:
            yield Finding(expected, _missing(expected, entry.seq - 1))
        elif entry.fields and self._last_hash is not None and entry.fields["prev_hash"] != self._last_hash:
            yield Finding(
                entry.seq, f"Entry {entry.seq} is not tied to entry {entry.seq - 1}: one of them was changed."
            )

    def _check_entry(self, entry: StoredEntry) -> Iterator[Finding]:
        if not entry.is_as_recorded:
            yield Finding(entry.seq, f"Entry {entry.seq} was changed: its hash is not that of its content.")
        elif entry.salt is None:
            yield from self._check_erased(entry)
        elif not entry.is_detail_as_recorded:
            yield Finding(entry.seq, f"The detail of entry {entry.seq} was changed.")

    def _check_erased(self, entry: StoredEntry) -> Iterator[Finding]:
        self.erased_details += 1
        if entry.fields["action"] == AuditAction.AUDIT_DETAIL_ERASED or entry.seq not in self._erased:
            yield Finding(entry.seq, f"The detail of entry {entry.seq} is missing, and no erasure names it.")

    def _check_anchors(self, entry: StoredEntry) -> Iterator[Finding]:
        while self._anchors and self._anchors[0].seq <= entry.seq:
            anchor = self._anchors.popleft()
            self.anchors_met += 1
            if anchor.seq == entry.seq and anchor.hash != entry.hash:
                yield Finding(
                    entry.seq, f"Entry {entry.seq} is not the one that was anchored: it or an earlier one was changed."
                )

    def _check_end(self) -> Iterator[Finding]:
        ends_at = max((anchor.seq for anchor in self._anchors), default=0)
        self.anchors_met += len(self._anchors)
        last = max(ends_at, self._to_seq or 0)
        if last > self.last_seq:
            yield Finding(self.last_seq + 1, _missing(self.last_seq + 1, last))


def _missing(first: int, last: int) -> str:
    return f"Entry {first} is missing." if first == last else f"Entries {first} to {last} are missing."
