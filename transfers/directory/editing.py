"""The writer of the directory for pages and pulls of SIP users, an entry at a time; imports use `files.writing`.

Each function is one transaction with the change and its record. A person may write what is theirs, and what is shared
if they may manage the directory; a part of the system, named by a text, may write everything.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from transfers.audit_log import AuditAction
from transfers.directory.change_log import Editor, record_change
from transfers.directory.entry_check import check_entry
from transfers.directory.entry_data import DayOff, EntryData, changes_between, days_off_facts, read_data
from transfers.directory.entry_rows import write_days_off, write_entry
from transfers.models import DirectoryEntry, Holiday, Transfer, User

MANAGE = "transfers.manage_directory"
KEEP_OWN = "transfers.request_transfer"

Written = TypeVar("Written")


class EntryNotFound(Exception):
    """There is no such entry, or it is not this person's to change."""


class EntryChangedMeanwhile(Exception):
    """Somebody else saved the entry after it was read; `entry` is what it is now."""

    def __init__(self, entry: DirectoryEntry) -> None:
        super().__init__(str(entry.pk))
        self.entry = entry


class EntryInUse(Exception):
    """The entry cannot be deleted: calls were transferred to it, or it is a team with members. Switch it off."""


def may_edit(user: User, entry: DirectoryEntry) -> bool:
    """Tell whether a person may change an entry."""
    return entry.owner_id == user.pk if entry.owner_id else user.has_perm(MANAGE)


def create_entry(*, by: Editor, data: EntryData, owner: User | None = None) -> DirectoryEntry:
    """Add a shared entry, or a personal one of `owner`. Raises `EntryRefused`; `EntryNotFound` without the right to."""
    if isinstance(by, User) and not (by == owner and by.has_perm(KEEP_OWN) if owner else by.has_perm(MANAGE)):
        raise EntryNotFound

    def create() -> DirectoryEntry:
        checked = check_entry(data, owner=owner)
        entry = DirectoryEntry(owner=owner)
        write_entry(entry, checked)
        changes = changes_between(None, checked)
        record_change(by=by, action=AuditAction.DIRECTORY_ADDED, changes=changes, entry=entry)
        return entry

    return _decided_by_database(create)


def change_entry(*, by: Editor, entry_id: int, version: int, data: EntryData) -> DirectoryEntry:
    """Change an entry as it was at `version`; nothing is written where nothing differs.

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

    return _decided_by_database(change)


def delete_entry(*, by: Editor, entry_id: int) -> None:
    """Remove an entry that was never used. Raises `EntryNotFound` and `EntryInUse`."""
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
    """Tell whether an entry has to stay: a call was transferred to one of its addresses, or it has members."""
    used = Q()
    for destination_type, address in entry.destinations.values_list("destination_type", "address"):
        used |= Q(destination_type=destination_type, destination=address)
    by_owner = Q(agent=entry.owner_id) if entry.owner_id else Q()
    return entry.members.exists() or (bool(used) and Transfer.objects.filter(used & by_owner).exists())


def change_holidays_for_all(*, by: Editor, days_off: Iterable[DayOff]) -> None:
    """Set the days on which everything that has hours is closed. Raises `EntryNotFound` without the right."""
    if isinstance(by, User) and not by.has_perm(MANAGE):
        raise EntryNotFound
    days = tuple(sorted(days_off))
    with transaction.atomic():
        old = holidays_for_all()
        if old == days:
            return
        write_days_off(None, days)
        change = {"field": "days_off", "old": days_off_facts(old), "new": days_off_facts(days)}
        record_change(by=by, action=AuditAction.HOLIDAYS_CHANGED, changes=[change])


def holidays_for_all() -> tuple[DayOff, ...]:
    """Return the days on which everything that has hours is closed."""
    return tuple(sorted(DayOff(day.date, day.name) for day in Holiday.objects.filter(entry=None)))


def editable_entry(by: Editor, entry_id: int) -> DirectoryEntry:
    """Return an entry that this person may change; raises `EntryNotFound`."""
    entry = DirectoryEntry.objects.select_related("team", "owner").filter(pk=entry_id).first()
    if entry is None or (isinstance(by, User) and not may_edit(by, entry)):
        raise EntryNotFound
    return entry


def _decided_by_database(write: Callable[[], Written]) -> Written:
    """Write in one transaction. If another one took an address or a key first, the second look says so in words."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        with transaction.atomic():
            return write()
