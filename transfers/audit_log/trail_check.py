"""Checks a few entries of the chain: each fits its hash, and those before and after it.

Reads a few rows only. `manage.py audit_verify` verifies the whole chain and its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from transfers.audit_log.chain import GENESIS_HASH
from transfers.audit_log.rows import StoredEntry, stored_entries
from transfers.models import AuditEntry


@dataclass(frozen=True)
class TrailReport:
    """What was checked: entries from `first_seq` to `last_seq`, perhaps with gaps; `bad_seqs` do not fit."""

    entries: int
    first_seq: int
    last_seq: int
    last_hash: str
    erased_details: int
    bad_seqs: tuple[int, ...]

    @property
    def is_contiguous(self) -> bool:
        """Whether the entries follow each other without a gap."""
        return self.last_seq - self.first_seq + 1 == self.entries


def check_trail(transfer_id: int) -> TrailReport | None:
    """Recompute the hashes of one transfer's entries and compare them with their neighbours'; None without entries.

    An erased detail is no problem here: only the whole verification checks that an erasure names it.
    """
    return _check(AuditEntry.objects.filter(transfer_id=transfer_id))


def check_tail(length: int) -> TrailReport | None:
    """Check the newest entries of the chain in the same way; None if it is empty."""
    newest = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first()
    return None if newest is None else _check(AuditEntry.objects.filter(seq__gt=newest - length))


def _check(chosen: QuerySet[AuditEntry]) -> TrailReport | None:
    entries = list(stored_entries(chosen))
    if not entries:
        return None
    untied = _untied_seqs(entries)
    return TrailReport(
        entries=len(entries),
        first_seq=entries[0].seq,
        last_seq=entries[-1].seq,
        last_hash=entries[-1].hash,
        erased_details=sum(entry.salt is None for entry in entries),
        bad_seqs=tuple(entry.seq for entry in entries if not _is_as_recorded(entry) or entry.seq in untied),
    )


def _is_as_recorded(entry: StoredEntry) -> bool:
    return entry.is_as_recorded and (entry.salt is None or entry.is_detail_as_recorded)


def _untied_seqs(entries: Sequence[StoredEntry]) -> set[int]:
    beside = {seq for entry in entries for seq in (entry.seq - 1, entry.seq + 1)}
    rows = AuditEntry.objects.filter(seq__in=beside).values_list("seq", "hash", "prev_hash")
    neighbours = {seq: (hash_, prev_hash) for seq, hash_, prev_hash in rows}
    return {entry.seq for entry in entries if not _is_tied(entry, neighbours)}


def _is_tied(entry: StoredEntry, neighbours: dict[int, tuple[str, str]]) -> bool:
    before, after = neighbours.get(entry.seq - 1), neighbours.get(entry.seq + 1)
    expected = before[0] if before else GENESIS_HASH if entry.seq == 1 else ""
    return entry.fields.get("prev_hash") == expected and (after is None or after[1] == entry.hash)
