"""Each change of the directory, written twice in its transaction: into the audit log, and for the page of the entry."""

from collections.abc import Sequence

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
    name = by.display_name if isinstance(by, User) else by
    if action != AuditAction.DIRECTORY_REMOVED:
        DirectoryChange.objects.create(
            entry=entry, changed_at=timezone.now(), actor_name=name[:160], changes=[dict(change) for change in changes]
        )
    audit_log.record(
        actor=str(by.pseudonym) if isinstance(by, User) else by,
        action=action,
        detail={
            "actor_name": name,
            "entry_id": entry.pk if entry else None,
            "entry_name": entry.name if entry else "",
            "is_personal": bool(entry and entry.owner_id),
            "changes": changes,
        },
    )
