"""Brings the totals up to the newest audit entry. Each entry counts exactly once, whoever counts and however often.

The position and the totals move in one transaction, on the condition that the position is still where the reading
began: of two that count at the same time one writes nothing. Entries commit in the order of their seq (the chain has
one writer at a time), so none can appear below the position later.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from transfers.models import AuditEntry, MetricTotal
from transfers.operations.metrics.tally import Key, Sum, tally_entries

BATCH = 500
MOST_BATCHES = 20
"""How much one run counts at most; the next run goes on."""

_POSITION: dict[str, Any] = {"name": "position", "label": "", "upper_bound": ""}


def count_new_entries() -> int:
    """Count what was recorded since the last run; return how many entries."""
    counted = 0
    for _ in range(MOST_BATCHES):
        batch = _count_batch()
        counted += batch
        if batch < BATCH:
            break
    return counted


def uncounted_entries() -> int:
    """Return by how many entries the totals are behind the audit log. A chain without gaps makes it a subtraction."""
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
        here = MetricTotal.objects.filter(pk=position.pk, count=position.count)
        if here.update(count=entries[-1].seq) == 0:
            return 0
        _add(sums)
    return len(entries)


def _add(sums: Mapping[Key, Sum]) -> None:
    for (name, label, upper_bound), added in sorted(sums.items(), key=lambda item: item[0]):
        row = {"name": name, "label": label, "upper_bound": upper_bound}
        changes = {"count": F("count") + added.count, "total_seconds": F("total_seconds") + added.total_seconds}
        # Whoever counts holds the position's row: nobody else makes the row in between.
        if MetricTotal.objects.filter(**row).update(**changes) == 0:
            MetricTotal.objects.create(**row, count=added.count, total_seconds=added.total_seconds)
