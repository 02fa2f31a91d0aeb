"""Reading the audit log: what happened to one transfer."""

import json
from dataclasses import dataclass
from typing import Any

from transfers.models import AuditDetail, AuditEntry


@dataclass(frozen=True)
class TrailEntry:
    """An entry with its detail, or None in place of a detail that was erased."""

    entry: AuditEntry
    detail: dict[str, Any] | None


def trail_of_transfer(transfer_id: int) -> list[TrailEntry]:
    """Return all entries of one transfer, oldest first, in one query."""
    entries = AuditEntry.objects.filter(transfer_id=transfer_id).select_related("detail").order_by("seq")
    return [TrailEntry(entry=entry, detail=_read_detail(entry)) for entry in entries]


def _read_detail(entry: AuditEntry) -> dict[str, Any] | None:
    detail: AuditDetail | None = getattr(entry, "detail", None)
    return json.loads(detail.payload) if detail else None
