"""Adds new audit entries to the totals. Each entry counts exactly once, even if several processes count concurrently.

The position (the last counted seq) and the totals change in one transaction. A compare-and-set on the position makes
all but one of several concurrent runs write nothing. The audit chain has one writer at a time, so entries commit in the
order of their seq, and none can appear below the position later.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from transfers.models import AuditEntry, MetricTotal
from transfers.operations.metrics.tally import Key, Sum, tally_entries

BATCH = 500
MOST_BATCHES = 20
"""The limit of one run; the next run continues."""

_POSITION: dict[str, Any] = {"name": "position", "label": "", "upper_bound": ""}


def count_new_entries() -> int:
    """Count the entries recorded since the last run. Return their number."""
    counted = 0
    for _ in range(MOST_BATCHES):
        batch = _count_batch()
        counted += batch
        if batch < BATCH:
            break
    return counted


def uncounted_entries() -> int:
    """Return how many entries are not counted yet. The chain has no gaps, so this is a subtraction."""
    position = MetricTotal.objects.filter(**_POSITION).values_list("count", flat=True).first() or 0
    newest = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    return max(0, newest - position)


def _count_batch() -> int:
    position, _ = MetricTotal.objects.get_or_create(**_POSITION)
    entries = list(AuditEntry.objects.filter(seq__gt=position.count).order_by("seq")[:BATCH])
    if not entries:
        return 0
    sums = tally_entries(entries)
    with transaction.atomic():
        unchanged = MetricTotal.objects.filter(pk=position.pk, count=position.count)
        if unchanged.update(count=entries[-1].seq) == 0:
            return 0
        _add(sums)
    return len(entries)


def _add(sums: Mapping[Key, Sum]) -> None:
    for (name, label, upper_bound), added in sorted(sums.items(), key=lambda item: item[0]):
        row = {"name": name, "label": label, "upper_bound": upper_bound}
        changes = {"count": F("count") + added.count, "total_seconds": F("total_seconds") + added.total_seconds}
        # The position's row is locked by its update, so no other process can create this row in between.
        if MetricTotal.objects.filter(**row).update(**changes) == 0:
            MetricTotal.objects.create(**row, count=added.count, total_seconds=added.total_seconds)
