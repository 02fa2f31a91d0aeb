"""Adds, changes and deletes single entries, for pages and for SIP users. Imports use `files.writing`.

Each function is one transaction with the change and its record. A person may write personal entries of their own, and
shared ones with the permission to manage the directory. A part of the system, named by a text, may write everything.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from transfers.audit_log import AuditAction
from transfers.directory.change_log import Editor, record_change
from transfers.directory.entry_check import check_entry
from transfers.directory.entry_data import EntryData, changes_between, read_data
from transfers.directory.entry_rows import write_entry
from transfers.models import DirectoryEntry, Transfer, User

MANAGE = "transfers.manage_directory"
KEEP_OWN = "transfers.request_transfer"

Result = TypeVar("Result")


class EntryNotFound(Exception):
    """The entry does not exist, or this person may not change it."""


class EntryChangedMeanwhile(Exception):
    """Somebody else saved the entry after it was read. `entry` is its current state."""

    def __init__(self, entry: DirectoryEntry) -> None:
        super().__init__(str(entry.pk))
        self.entry = entry


class EntryInUse(Exception):
    """The entry cannot be deleted: calls were transferred to it, or it is a team with members."""


def may_edit(user: User, entry: DirectoryEntry) -> bool:
    """Tell whether a person may change an entry."""
    return entry.owner_id == user.pk if entry.owner_id else user.has_perm(MANAGE)


def create_entry(*, by: Editor, data: EntryData, owner: User | None = None) -> DirectoryEntry:
    """Add a shared entry, or a personal one of `owner`. Raises `EntryRefused`, `EntryNotFound` without permission."""
    if isinstance(by, User) and not (by == owner and by.has_perm(KEEP_OWN) if owner else by.has_perm(MANAGE)):
        raise EntryNotFound

    def create() -> DirectoryEntry:
        checked = check_entry(data, owner=owner)
        entry = DirectoryEntry(owner=owner)
        write_entry(entry, checked)
        changes = changes_between(None, checked)
        record_change(by=by, action=AuditAction.DIRECTORY_ADDED, changes=changes, entry=entry)
        return entry

    return _write_or_retry(create)


def change_entry(*, by: Editor, entry_id: int, version: int, data: EntryData) -> DirectoryEntry:
    """Change an entry that has this `version`. Writes nothing if nothing differs.

    Raises `EntryNotFound`, `EntryChangedMeanwhile` and `EntryRefused`.
    """

    def change() -> DirectoryEntry:
        entry = editable_entry(by, entry_id)
        checked = check_entry(data, owner=entry.owner, entry=entry)
        changes = changes_between(read_data(entry), checked)
        if not changes:
            return entry
        claimed = DirectoryEntry.objects.filter(pk=entry_id, version=version).update(version=F("version") + 1)
        if not claimed:
            raise EntryChangedMeanwhile(editable_entry(by, entry_id))
        entry.version = version + 1
        write_entry(entry, checked)
        record_change(by=by, action=AuditAction.DIRECTORY_CHANGED, changes=changes, entry=entry)
        return entry

    return _write_or_retry(change)


def delete_entry(*, by: Editor, entry_id: int) -> None:
    """Delete an entry that was never used. Raises `EntryNotFound` and `EntryInUse`."""
    with transaction.atomic():
        entry = editable_entry(by, entry_id)
        if is_used(entry):
            raise EntryInUse
        changes = [
            {"field": change["field"], "old": change["new"], "new": None}
            for change in changes_between(None, read_data(entry))
        ]
        pk = entry.pk
        entry.delete()
        entry.pk = pk
        record_change(by=by, action=AuditAction.DIRECTORY_REMOVED, changes=changes, entry=entry)


def is_used(entry: DirectoryEntry) -> bool:
    """Tell whether an entry cannot be deleted: calls were transferred to its addresses, or it has members."""
    used = Q()
    for destination_type, address in entry.destinations.values_list("destination_type", "address"):
        used |= Q(destination_type=destination_type, destination=address)
    by_owner = Q(agent=entry.owner_id) if entry.owner_id else Q()
    return entry.members.exists() or (bool(used) and Transfer.objects.filter(used & by_owner).exists())


def editable_entry(by: Editor, entry_id: int) -> DirectoryEntry:
    """Return an entry that this person may change. Raises `EntryNotFound`."""
    entry = DirectoryEntry.objects.select_related("team", "owner").filter(pk=entry_id).first()
    if entry is None or (isinstance(by, User) and not may_edit(by, entry)):
        raise EntryNotFound
    return entry


def _write_or_retry(write: Callable[[], Result]) -> Result:
    """Write in one transaction. If another one has just taken an address or a key, retry: the check then refuses it."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        with transaction.atomic():
            return write()
