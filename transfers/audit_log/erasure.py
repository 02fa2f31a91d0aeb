"""Erases personal data: deletes details, and records in an entry which ones, by which rule and by whom.

A detail is deleted together with its salt. The commitment that stays in the entry is then a random number that nobody
can test. SQLite overwrites the bytes in its file (`secure_delete`), and in its log at the next checkpoint; PostgreSQL
removes them at the next vacuum. Backups keep them for as long as backups are kept.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from transfers.audit_log.actions import AuditAction
from transfers.audit_log.writer import lock_head, record
from transfers.models import AuditDetail

Range = tuple[int, int]
"""First and last seq of consecutive entries, both included."""

_SEQS_PER_QUERY = 500


def erase_details(*, actor: str, rule: str, up_to: datetime | None = None, seqs: Collection[int] = ()) -> int:
    """Delete the details of all entries recorded until `up_to`, or of the entries `seqs`, and record that.

    `rule` says why, for example "90 days" or "request of 3 May". It must contain nothing personal, because entries of
    erasures keep their details. Return how many details were deleted; if none was, nothing is recorded.
    """
    with transaction.atomic():
        lock_head()
        details = list(_details_until(up_to) if up_to else _details_of(sorted(seqs)))
        ranges = list(consecutive(seq for part in details for seq in part.values_list("pk", flat=True).iterator()))
        erased = sum(part.delete()[0] for part in details)
        if erased:
            detail = {"ranges": ranges, "rule": rule}
            record(actor=actor, action=AuditAction.AUDIT_DETAIL_ERASED, detail=detail)
    return erased


def _erasable() -> QuerySet[AuditDetail]:
    return AuditDetail.objects.exclude(entry__action=AuditAction.AUDIT_DETAIL_ERASED).order_by("pk")


def _details_until(up_to: datetime) -> Iterator[QuerySet[AuditDetail]]:
    yield _erasable().filter(entry__recorded_at__lte=up_to)


def _details_of(seqs: list[int]) -> Iterator[QuerySet[AuditDetail]]:
    for start in range(0, len(seqs), _SEQS_PER_QUERY):
        yield _erasable().filter(pk__in=seqs[start : start + _SEQS_PER_QUERY])


def consecutive(seqs: Iterable[int]) -> Iterator[Range]:
    """Yield ascending numbers as ranges: 1, 2, 3, 7 becomes (1, 3), (7, 7)."""
    first = last = None
    for seq in seqs:
        if first is None or last is None:
            first = seq
        elif seq != last + 1:
            yield first, last
            first = seq
        last = seq
    if first is not None and last is not None:
        yield first, last
