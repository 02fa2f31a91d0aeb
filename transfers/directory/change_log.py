"""Each change of the directory, written twice in its transaction: into the audit log, and for the page of the entry."""

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
    """Write down who changed what; without an entry, of the holidays for all. Call it last in the transaction."""
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


def record_import(*, by: Editor, told: Mapping[str, Any]) -> None:
    """Write down that a file was imported, with what is told of it. Call it last in the transaction.

    One entry stands for all its changes: their number and the digest of the file, never what the file held. Each change
    is on the page of its entry.
    """
    audit_log.record(
        actor=_actor_of(by), action=AuditAction.DIRECTORY_IMPORTED, detail={"actor_name": name_of(by), **told}
    )


def record_export(*, by: Editor, told: Mapping[str, Any]) -> None:
    """Write down that entries leave as a file, before they do."""
    with transaction.atomic():
        audit_log.record(
            actor=_actor_of(by), action=AuditAction.DIRECTORY_EXPORTED, detail={"actor_name": name_of(by), **told}
        )


def name_of(by: Editor) -> str:
    """Return the name under which a change is written down."""
    return by.display_name if isinstance(by, User) else by


def _actor_of(by: Editor) -> str:
    return str(by.pseudonym) if isinstance(by, User) else by
