"""What an import would do to the directory: each row is new, changed, unchanged or bad.

Rows depend on each other: an address can move from one entry to another, and the file can add a team and its members.
A bad row is left out, and so are the rows that depend on it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from transfers.directory.entry_check import check_presence
from transfers.directory.entry_data import EntryData, changes_between_facts, facts_of
from transfers.directory.files.clashes import refuse_clashes
from transfers.directory.files.columns import head_of
from transfers.directory.files.matching import Draft, match_rows
from transfers.directory.files.readings import Reading
from transfers.directory.files.team_finding import find_teams
from transfers.directory.snapshot import Snapshot
from transfers.models import EntryKind

NEW, CHANGED, UNCHANGED, BAD = "new", "changed", "unchanged", "bad"
RESULTS = (NEW, CHANGED, UNCHANGED, BAD)

Result = dict[str, Any]
"""The result of a row, in plain JSON: row, result, name, entry_id and version (None for a new one), problems (texts),
changes (`entry_data.Change`)."""


def make_plan(readings: Iterable[Reading], snapshot: Snapshot) -> list[Draft]:
    """Return a draft for each row, in order: the bad ones with problems, the others with their changes."""
    drafts = match_rows(readings, snapshot.entries.values())
    good = [draft for draft in drafts if draft.is_good]
    for draft in good:
        _set_audience(draft, snapshot)
    find_teams(good, snapshot)
    for draft in good:
        _check_whole(draft)
    refuse_clashes(drafts, snapshot)
    for draft in drafts:
        if draft.is_good:
            draft.changes = _changes_of(draft, snapshot)
    return drafts


def result_of(draft: Draft) -> Result:
    """Return the result of a row."""
    name = draft.reading["fields"].get("name") or draft.wanted.name or draft.reading["fields"].get("key", "")
    return {
        "row": draft.row,
        "result": kind_of(draft),
        "name": name,
        "entry_id": draft.old.pk if draft.old else None,
        "version": draft.old.version if draft.old else None,
        "problems": draft.problems,
        "changes": draft.changes,
    }


def kind_of(draft: Draft) -> str:
    """Return the kind of a row's result, one of `RESULTS`."""
    if not draft.is_good:
        return BAD
    if draft.old is None:
        return NEW
    return CHANGED if draft.changes else UNCHANGED


def _set_audience(draft: Draft, snapshot: Snapshot) -> None:
    if "audience" not in draft.reading["fields"]:
        return
    ids = {name.casefold(): pk for pk, name in snapshot.groups.items()}
    names = draft.reading["fields"]["audience"]
    unknown = [name for name in names if name.casefold() not in ids]
    if unknown:
        problem = _("There is no group “%(name)s”.") % {"name": unknown[0]}
        draft.problems.append(f"{head_of('audience')}: {problem}")
        return
    draft.wanted = replace(draft.wanted, audience=frozenset(ids[name.casefold()] for name in names))


def _check_whole(draft: Draft) -> None:
    """Check the entry as it would be after the import."""
    for field, problem in check_presence(draft.wanted).items():
        draft.problems.append(problem if field == "addresses" else f"{head_of(field)}: {problem}")
    if draft.wanted.kind == EntryKind.TEAM and draft.team is not None:
        draft.problems.append(f"{head_of('team')}: {_('Teams and personal entries belong to no team.')}")


def _changes_of(draft: Draft, snapshot: Snapshot) -> list[Any]:
    old = draft.old.data if draft.old else None
    if old and draft.team == old.team_id and draft.wanted == old:
        return []
    before = _facts(old, _team_name(old.team_id, snapshot), snapshot) if old else None
    after = _facts(draft.wanted, _team_name(draft.team, snapshot), snapshot)
    return changes_between_facts(before, after)


def _facts(data: EntryData, team_name: str, snapshot: Snapshot) -> dict[str, Any]:
    groups = sorted(snapshot.groups[pk] for pk in data.audience if pk in snapshot.groups)
    return facts_of(data, team_name=team_name, group_names=groups)


def _team_name(team: "int | Draft | None", snapshot: Snapshot) -> str:
    if isinstance(team, Draft):
        return team.wanted.name
    entry = snapshot.entries.get(team) if team else None
    return entry.data.name if entry else ""
