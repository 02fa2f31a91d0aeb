"""Records each change of the directory in its transaction: in the audit log, and for the page of the entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.directory.entry_data import Change
from transfers.models import DirectoryChange, DirectoryEntry, User

Editor = User | str
"""Who changes the directory: a person, or the name of a part of the system ("beat", "set-up")."""


def record_change(
    *, by: Editor, action: AuditAction, changes: Sequence[Change], entry: DirectoryEntry | None = None
) -> None:
    """Record who changed what. Without an entry, the holidays for all changed. Call it last in the transaction."""
    name = name_of(by)
    if action != AuditAction.DIRECTORY_REMOVED:
        DirectoryChange.objects.create(
            entry=entry, changed_at=timezone.now(), actor_name=name[:160], changes=[dict(change) for change in changes]
        )
    audit_log.record(
        actor=_actor_of(by),
        action=action,
        detail={
            "actor_name": name,
            "entry_id": entry.pk if entry else None,
            "entry_name": entry.name if entry else "",
            "is_personal": bool(entry and entry.owner_id),
            "changes": changes,
        },
    )


def record_import(*, by: Editor, report: Mapping[str, Any]) -> None:
    """Record that a file was imported, with a `report`. Call it last in the transaction.

    One audit entry represents all changes: it has their number and the digest of the file, never the file's content.
    Each change is on the page of its directory entry.
    """
    audit_log.record(
        actor=_actor_of(by), action=AuditAction.DIRECTORY_IMPORTED, detail={"actor_name": name_of(by), **report}
    )


def record_export(*, by: Editor, report: Mapping[str, Any]) -> None:
    """Record an export. Call it before the file is sent."""
    with transaction.atomic():
        audit_log.record(
            actor=_actor_of(by), action=AuditAction.DIRECTORY_EXPORTED, detail={"actor_name": name_of(by), **report}
        )


def name_of(by: Editor) -> str:
    """Return the name that is recorded with a change."""
    return by.display_name if isinstance(by, User) else by


def _actor_of(by: Editor) -> str:
    return str(by.pseudonym) if isinstance(by, User) else by
