"""Which details may be missing, because an entry of the chain says that they were erased."""

import json
from bisect import bisect
from collections.abc import Iterable

from transfers.audit_log.actions import AuditAction
from transfers.audit_log.erasure import Range
from transfers.audit_log.rows import StoredEntry, stored_entries
from transfers.models import AuditEntry


class ErasedSeqs:
    """The seqs whose details were erased according to the chain itself, as merged ranges."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._ranges: list[Range] = []
        for low, high in sorted(ranges):
            if self._ranges and low <= self._ranges[-1][1] + 1:
                self._ranges[-1] = (self._ranges[-1][0], max(high, self._ranges[-1][1]))
            else:
                self._ranges.append((low, high))

    def __contains__(self, seq: int) -> bool:
        index = bisect(self._ranges, seq, key=lambda each: each[0]) - 1
        return index >= 0 and seq <= self._ranges[index][1]


def read_erased_seqs() -> ErasedSeqs:
    """Read all entries of erasures. An entry counts only if it is as recorded, and only for entries before it."""
    erasures = AuditEntry.objects.filter(action=AuditAction.AUDIT_DETAIL_ERASED)
    return ErasedSeqs(part for entry in stored_entries(erasures) for part in _named_ranges(entry))


def _named_ranges(entry: StoredEntry) -> list[Range]:
    if not (entry.is_as_recorded and entry.is_detail_as_recorded):
        return []
    try:
        named = json.loads(entry.payload or "")["ranges"]
        return [(int(low), min(int(high), entry.seq - 1)) for low, high in named if low < entry.seq]
    except (ValueError, TypeError, LookupError):
        return []  # Forged: whatever it was meant to cover is reported as missing.
