"""The days on which every entry with opening hours is closed."""

from collections.abc import Iterable

from django.db import transaction

from transfers.audit_log import AuditAction
from transfers.directory.change_log import Editor, record_change
from transfers.directory.editing import MANAGE, EntryNotFound
from transfers.directory.entry_data import DayOff, days_off_facts
from transfers.directory.entry_rows import write_days_off
from transfers.models import Holiday, User


def change_holidays_for_all(*, by: Editor, days_off: Iterable[DayOff]) -> None:
    """Set the holidays for all. Raises `EntryNotFound` without permission."""
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
    """Return the holidays for all, sorted."""
    return tuple(sorted(DayOff(day.date, day.name) for day in Holiday.objects.filter(entry=None)))
