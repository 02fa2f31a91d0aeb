"""Which team each row means, by key or name, among the teams as they will be after the import."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from transfers.directory.files.columns import head_of
from transfers.directory.files.matching import Draft
from transfers.directory.snapshot import Snapshot
from transfers.models import EntryKind

Team = int | Draft
"""An existing team, by id, or the row that adds it."""


def find_teams(drafts: Iterable[Draft], snapshot: Snapshot) -> None:
    """Set the team of each draft. A name that means no team, or several, becomes a problem of the row."""
    drafts = [draft for draft in drafts if draft.is_good]
    known = _known_teams(drafts, snapshot)
    for draft in drafts:
        _find_team(draft, known, snapshot)
    used = {entry.data.team_id for entry in snapshot.entries.values()} | {draft.team for draft in drafts}
    for draft in drafts:
        was_team = draft.old is not None and draft.old.data.kind == EntryKind.TEAM
        if draft.old and was_team and draft.wanted.kind != EntryKind.TEAM and draft.old.pk in used:
            draft.problems.append(f"{head_of('kind')}: {_('This team has members. Take them out first.')}")


def _known_teams(drafts: list[Draft], snapshot: Snapshot) -> dict[str, set[Team]]:
    """Return the teams as they will be, by key and by name, both casefolded."""
    by_word: dict[str, set[Team]] = defaultdict(set)
    of_file = {draft.old.pk for draft in drafts if draft.old}
    teams: list[tuple[Team, str, str]] = [
        (entry.pk, entry.data.key, entry.data.name)
        for entry in snapshot.entries.values()
        if entry.pk not in of_file and entry.data.kind == EntryKind.TEAM
    ]
    teams += [
        (draft.old.pk if draft.old else draft, draft.wanted.key, draft.wanted.name)
        for draft in drafts
        if draft.wanted.kind == EntryKind.TEAM
    ]
    for team, _key, name in teams:
        by_word[name.casefold()].add(team)
    for team, key, _name in teams:
        if key:
            by_word[key.casefold()] = {team}  # a key wins over another team's name
    return by_word


def _find_team(draft: Draft, known: dict[str, set[Team]], snapshot: Snapshot) -> None:
    before = draft.old.data.team_id if draft.old else None
    if "team" not in draft.reading["fields"]:
        draft.team = before
        return
    text = draft.reading["fields"]["team"]
    if not text:
        return
    teams = known.get(text.casefold(), set())
    if before in teams or (before in snapshot.entries and snapshot.entries[before].data.name == text):
        draft.team = before
    elif len(teams) == 1:
        draft.team = next(iter(teams))
    else:
        problem = _("There are several teams called “%(name)s”.") if teams else _("There is no team “%(name)s”.")
        draft.problems.append(f"{head_of('team')}: {problem % {'name': text[:120]}}")
