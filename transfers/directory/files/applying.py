"""Applies an import exactly as the preview showed it: all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from transfers.destination_policy import rules_fingerprint
from transfers.directory.change_log import name_of
from transfers.directory.files.filling import DirectoryChangedMeanwhile, EntryWrite, prepare_rows
from transfers.directory.files.importing import ImportGone, find_import, forget_imports, readings_of
from transfers.directory.files.matching import Draft
from transfers.directory.files.planning import CHANGED, RESULTS, Result, kind_of, make_plan, result_of
from transfers.directory.files.readings import Reading
from transfers.directory.files.writing import write_rows
from transfers.directory.snapshot import Snapshot, read_snapshot
from transfers.models import DirectoryEntry, DirectoryImport, User


class ImportNotReady(Exception):
    """The preview is not complete yet."""


class NumberRulesChanged(Exception):
    """The number rules have changed since the rows were checked."""


def apply_import(*, by: User, import_id: int) -> Counter[str]:
    """Write all rows except the bad ones in one transaction. Return the number of rows for each of `RESULTS`.

    Raises `DirectoryChangedMeanwhile` if the result would differ from the preview, `ImportGone`, `ImportNotReady` and
    `NumberRulesChanged`.
    """
    found = find_import(by=by, import_id=import_id)
    if found.planned_at is None:
        raise ImportNotReady
    readings = list(readings_of(found))
    snapshot = read_snapshot(DirectoryEntry.objects.shared())
    drafts = make_plan(readings, snapshot)
    if not _is_as_shown(found, drafts):
        raise DirectoryChangedMeanwhile
    counts = Counter(kind_of(draft) for draft in drafts)
    writes = _writes_of(drafts)
    write_rows(
        prepare_rows(writes, actor_name=name_of(by)),
        by=by,
        teams=_other_teams(writes, snapshot),
        report={"rows": {name: counts[name] for name in RESULTS}, "file_sha256": found.file_sha256},
        claim=lambda: _claim(found, readings),
    )
    forget_imports([found.pk])
    return counts


def _claim(found: DirectoryImport, readings: Iterable[Reading]) -> None:
    """Take the import, so that it is applied once. Raises `ImportGone` and `NumberRulesChanged`."""
    if not DirectoryImport.objects.filter(pk=found.pk, planned_at=found.planned_at).update(planned_at=None):
        raise ImportGone
    if {reading.get("rules") for reading in readings} != {rules_fingerprint()}:
        raise NumberRulesChanged


def _other_teams(writes: Sequence[EntryWrite], snapshot: Snapshot) -> dict[int, int]:
    """Return the versions of the teams that get members and are not written themselves."""
    teams = {write.data.team_id for write in writes if write.data.team_id}
    written = {write.old.pk for write in writes if write.old}
    return {pk: snapshot.entries[pk].version for pk in teams - written}


def _is_as_shown(found: DirectoryImport, drafts: list[Draft]) -> bool:
    shown = (each for part in found.parts.order_by("position").values_list("results", flat=True) for each in part)
    return list(map(_shown_part, shown)) == [_shown_part(result_of(draft)) for draft in drafts]


def _shown_part(result: Result) -> tuple[object, ...]:
    """Return the part of a result that must be as in the preview. The version matters only for changed entries."""
    version = result["version"] if result["result"] == CHANGED else None
    return (result["row"], result["result"], result["entry_id"], version, result["changes"])


def _writes_of(drafts: list[Draft]) -> list[EntryWrite]:
    writes = {
        draft: EntryWrite(
            data=replace(draft.wanted, team_id=draft.team if isinstance(draft.team, int) else None),
            changes=draft.changes,
            old=draft.old,
        )
        for draft in drafts
        if draft.changes
    }
    for draft, write in writes.items():
        if isinstance(draft.team, Draft):
            write.new_team = writes[draft.team]
    return list(writes.values())
