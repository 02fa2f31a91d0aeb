"""Writes many shared entries at once, for imports: all of them or none, each change on the page of its entry.

`bulk_preparing` has done what takes time. This is one short transaction that first claims each entry at the version it
was read at: whoever saved one meanwhile makes all of it void.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from transfers.directory import bulk_preparing as made
from transfers.directory import bulk_rows
from transfers.directory.bulk_preparing import DirectoryChangedMeanwhile, PreparedEntry, parts_of
from transfers.directory.bulk_rows import Values
from transfers.directory.change_log import Editor, record_import
from transfers.models import Destination, DirectoryChange, DirectoryEntry

TEAM_OF_NEW, TEAM_OF_CHANGED = (fields.index("team") for fields in (made.NEW_ENTRY_FIELDS, made.CHANGED_ENTRY_FIELDS))
ENTRY_OF_ADDRESS, ENTRY_OF_CHANGE = made.ADDRESS_FIELDS.index("entry"), made.CHANGE_FIELDS.index("entry")
ASIDE = "\x01"
"""No address can begin so."""


def write_prepared(
    prepared: Sequence[PreparedEntry],
    *,
    by: Editor,
    teams: Mapping[int, int],
    told: Mapping[str, Any],
    first: Callable[[], None],
) -> None:
    """Write everything, and what is `told` of it into the audit log.

    `teams` are the versions of the teams that entries will belong to and that are not written themselves. `first` runs
    before all else in the same transaction, and may refuse. Raises `DirectoryChangedMeanwhile` and what `first` raises.
    """
    try:
        with transaction.atomic():
            first()
            _claim({each.wanted.old.pk: each.wanted.old.version for each in prepared if each.wanted.old}, steps=1)
            _claim(teams, steps=0)
            entry_ids = _write_entries(prepared)
            _write_children(prepared, entry_ids)
            _write_addresses(prepared, entry_ids)
            changes = [_with(each.change, ENTRY_OF_CHANGE, entry_ids[each]) for each in prepared]
            bulk_rows.insert_rows(DirectoryChange, made.CHANGE_FIELDS, changes)
            record_import(by=by, told=told)
    except IntegrityError as error:
        raise DirectoryChangedMeanwhile from error


def _claim(versions: Mapping[int, int], *, steps: int) -> None:
    """Require these entries at these versions, lock them, and let the versions grow by `steps`."""
    ids_at: dict[int, list[int]] = defaultdict(list)
    for pk, version in versions.items():
        ids_at[version].append(pk)
    claimed = sum(
        DirectoryEntry.objects.shared().filter(pk__in=part, version=version).update(version=F("version") + steps)
        for version, ids in ids_at.items()
        for part in parts_of(sorted(ids))
    )
    if claimed < len(versions):
        raise DirectoryChangedMeanwhile


def _write_entries(prepared: Sequence[PreparedEntry]) -> dict[PreparedEntry, int]:
    """Write the entries themselves; return their ids."""
    new = [each for each in prepared if not each.wanted.old]
    changed = [(each, each.wanted.old.pk) for each in prepared if each.wanted.old]
    ids = dict(zip(new, bulk_rows.reserve_ids(DirectoryEntry, len(new)), strict=True)) | dict(changed)
    id_of = {each.wanted: pk for each, pk in ids.items()}
    for each in prepared:
        if each.wanted.new_team:
            place = TEAM_OF_CHANGED if each.wanted.old else TEAM_OF_NEW
            each.values[place] = id_of[each.wanted.new_team]
    bulk_rows.insert_rows(DirectoryEntry, ["id", *made.NEW_ENTRY_FIELDS], ([ids[each], *each.values] for each in new))
    bulk_rows.update_rows(DirectoryEntry, made.CHANGED_ENTRY_FIELDS, ([*each.values, pk] for each, pk in changed))
    return ids


def _write_children(prepared: Sequence[PreparedEntry], entry_ids: Mapping[PreparedEntry, int]) -> None:
    for model, (_name, fields) in made.CHILDREN.items():
        anew = [each for each in prepared if model in each.children]
        bulk_rows.delete_rows(model, fields[0], [entry_ids[each] for each in anew if each.wanted.old])
        rows = ([entry_ids[each], *row[1:]] for each in anew for row in each.children[model])
        bulk_rows.insert_rows(model, fields, rows)


def _write_addresses(prepared: Sequence[PreparedEntry], entry_ids: Mapping[PreparedEntry, int]) -> None:
    """Write addresses. Those that change step aside first, so that two entries may swap theirs."""
    for part in parts_of([pk for each in prepared for pk in each.left_over]):
        Destination.objects.filter(pk__in=part).delete()
    aside = ([f"{ASIDE}{pk}", pk] for each in prepared for pk in each.moving)
    bulk_rows.update_rows(Destination, ["address"], aside)
    rows = [
        (pk, _with(values, ENTRY_OF_ADDRESS, entry_ids[each])) for each in prepared for pk, values in each.addresses
    ]
    bulk_rows.update_rows(Destination, made.ADDRESS_FIELDS, ([*values, pk] for pk, values in rows if pk))
    bulk_rows.insert_rows(Destination, made.ADDRESS_FIELDS, (values for pk, values in rows if not pk))


def _with(values: Values, place: int, value: int) -> Values:
    values[place] = value
    return values
