"""Writes the entries of an import in one transaction: all of them, or none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat

from transfers.directory.change_log import Editor, record_import
from transfers.directory.files.filling import Audience, DirectoryChangedMeanwhile, EntryRows
from transfers.models import Destination, DirectoryChange, DirectoryEntry, Holiday, OpeningHours

BATCH_SIZE = 400
"""Rows in one statement: SQLite limits the number of parameters."""

ENTRY_FIELDS = ["kind", "name", "department", "tags", "note", "is_active", "team", "time_zone", "key", "search_text"]
ADDRESS_FIELDS = ["destination_type", "address", "label", "position", "search_text"]
PARKED = "\x01"
"""Begins an address that is about to change. No real address begins like this."""


def write_rows(
    prepared: Sequence[EntryRows],
    *,
    by: Editor,
    teams: Mapping[int, int],
    report: Mapping[str, Any],
    claim: Callable[[], None],
) -> None:
    """Save all rows, and put the `report` into the audit log.

    `teams` are the versions, by id, of the teams that get members and are not written themselves. `claim` runs first
    in the transaction and may refuse. Raises `DirectoryChangedMeanwhile` and what `claim` raises.
    """
    versions = {rows.write.old.pk: rows.write.old.version for rows in prepared if rows.write.old}
    try:
        with transaction.atomic():
            claim()
            _claim_versions(versions, step=1)
            _claim_versions(teams, step=0)
            _save_entries(prepared)
            _save_addresses(prepared)
            _replace_rows(prepared)
            _save(DirectoryChange, [rows.change for rows in prepared])
            record_import(by=by, report=report)
    except IntegrityError as error:
        raise DirectoryChangedMeanwhile from error


def _claim_versions(versions: Mapping[int, int], *, step: int) -> None:
    """Lock these entries and add `step` to their versions. Raises `DirectoryChangedMeanwhile` if a version differs."""
    ids_at: dict[int, list[int]] = defaultdict(list)
    for pk, version in sorted(versions.items()):
        ids_at[version].append(pk)
    shared = DirectoryEntry.objects.shared()
    claimed = sum(
        shared.filter(pk__in=batch, version=version).update(version=F("version") + step)
        for version, ids in ids_at.items()
        for batch in _batches(ids)
    )
    if claimed < len(versions):
        raise DirectoryChangedMeanwhile


def _save_entries(prepared: Sequence[EntryRows]) -> None:
    entry_of = {rows.write: rows.entry for rows in prepared}
    new_teams = {rows.write.new_team for rows in prepared if rows.write.new_team}
    # Members refer to the id of their team, so new teams are saved first.
    _save(DirectoryEntry, [rows.entry for rows in prepared if rows.write in new_teams], ENTRY_FIELDS)
    for rows in prepared:
        if rows.write.new_team:
            rows.entry.team = entry_of[rows.write.new_team]
    _save(DirectoryEntry, [rows.entry for rows in prepared if rows.write not in new_teams], ENTRY_FIELDS)


def _save_addresses(prepared: Sequence[EntryRows]) -> None:
    """Save addresses. Those that change are parked first, so that two entries can swap their addresses."""
    _delete(Destination, "pk", [pk for rows in prepared for pk in rows.surplus])
    parked = Concat(Value(PARKED), Cast("pk", models.CharField()))
    for batch in _batches([pk for rows in prepared for pk in rows.moving]):
        Destination.objects.filter(pk__in=batch).update(address=parked, search_text="")
    _save(Destination, [address for rows in prepared for address in rows.addresses], ADDRESS_FIELDS)


def _replace_rows(prepared: Sequence[EntryRows]) -> None:
    for model, entry_field in ((OpeningHours, "entry"), (Holiday, "entry"), (Audience, "directoryentry")):
        differing = [rows for rows in prepared if model in rows.replaced]
        _delete(model, entry_field, [rows.entry.pk for rows in differing if rows.write.old])
        _save(model, [row for rows in differing for row in rows.replaced[model]])


def _save(model: type[models.Model], rows: Iterable[models.Model], changed_fields: Sequence[str] = ()) -> None:
    """Insert the rows without an id; update `changed_fields` of the others."""
    # A plain query set: those of the models compose the search texts again, which are already there.
    plain: models.QuerySet[models.Model] = models.QuerySet(model)
    if changed_fields:
        plain.bulk_create(rows, BATCH_SIZE, update_conflicts=True, unique_fields=["id"], update_fields=changed_fields)
    else:
        plain.bulk_create(rows, BATCH_SIZE)


def _delete(model: type[models.Model], field: str, ids: Sequence[int]) -> None:
    for batch in _batches(ids):
        model._default_manager.filter(**{f"{field}__in": batch}).delete()


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH_SIZE] for start in range(0, len(ids), BATCH_SIZE))
