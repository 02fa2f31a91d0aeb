"""Reads the audit log: the entries of one transfer, and the latest entries of some kinds."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from transfers.audit_log.actions import AuditAction
from transfers.models import AuditDetail, AuditEntry


@dataclass(frozen=True)
class TrailEntry:
    """An entry and its detail; None if the detail was erased."""

    entry: AuditEntry
    detail: dict[str, Any] | None


def trail_of_transfer(transfer_id: int) -> list[TrailEntry]:
    """Return all entries of one transfer, oldest first, in one query."""
    entries = AuditEntry.objects.filter(transfer_id=transfer_id).select_related("detail").order_by("seq")
    return [TrailEntry(entry=entry, detail=_read_detail(entry)) for entry in entries]


def latest_entries(actions: Collection[AuditAction], *, since_at: datetime, most: int) -> list[TrailEntry]:
    """Return the entries of these actions that were recorded since then, newest first, at most so many."""
    recent = AuditEntry.objects.filter(seq__gte=_first_seq_since(since_at), action__in=actions)
    newest = recent.select_related("detail").order_by("-seq")[:most]
    return [TrailEntry(entry=entry, detail=_read_detail(entry)) for entry in newest]


def _first_seq_since(moment: datetime) -> int:
    """Find the first entry since that time by bisection: the chain is ordered by time, which has no index."""
    low, high = 1, (AuditEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1
    while low < high:
        middle = (low + high) // 2
        later = AuditEntry.objects.filter(seq__gte=middle).order_by("seq")
        recorded_at = later.values_list("recorded_at", flat=True).first()
        low, high = (middle + 1, high) if recorded_at is not None and recorded_at < moment else (low, middle)
    return low


def contradicted_transfers(transfer_ids: Collection[int]) -> set[int]:
    """Return those of these transfers whose evidence contradicts the person who resolved them."""
    entries = AuditEntry.objects.filter(transfer_id__in=transfer_ids, action=AuditAction.TRANSFER_CONTRADICTED)
    return {transfer_id for transfer_id in entries.values_list("transfer_id", flat=True) if transfer_id is not None}


def _read_detail(entry: AuditEntry) -> dict[str, Any] | None:
    detail: AuditDetail | None = getattr(entry, "detail", None)
    return json.loads(detail.payload) if detail else None
