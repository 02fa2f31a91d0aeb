"""Conflicts between rows, or between a row and an entry that stays: the later row and its dependents are refused."""

from collections import defaultdict

from django.utils.translation import gettext as _

from transfers.destination_policy import Identity
from transfers.directory.files.columns import head_of
from transfers.directory.files.matching import Draft
from transfers.directory.snapshot import Snapshot, SnapshotEntry


def refuse_clashes(drafts: list[Draft], snapshot: Snapshot) -> None:
    """Give a problem to each good draft whose address is taken or whose team is not added."""
    _Clashes(drafts, snapshot).find()


class _Clashes:
    """Finds the conflicts. A row that is left out can make other rows bad, so each of them is processed once."""

    def __init__(self, drafts: list[Draft], snapshot: Snapshot) -> None:
        self._drafts = drafts
        self._entry_of = {
            address.identity: entry for entry in snapshot.entries.values() for address in entry.data.addresses
        }
        self._draft_of = {draft.old.pk: draft for draft in drafts if draft.old}
        self._wanted_by: dict[Identity, Draft] = {}
        self._members_of: dict[Draft, list[Draft]] = defaultdict(list)
        self._left_out: list[Draft] = []

    def find(self) -> None:
        for draft in self._drafts:
            if draft.is_good:
                self._claim(draft)
                if isinstance(draft.team, Draft):
                    self._members_of[draft.team].append(draft)
        for draft in self._drafts:
            if draft.is_good:
                self._require_free(draft)
        self._left_out = [draft for draft in self._drafts if not draft.is_good]
        while self._left_out:
            self._leave_out(self._left_out.pop())

    def _claim(self, draft: Draft) -> None:
        for address in draft.wanted.addresses:
            first = self._wanted_by.setdefault(address.identity, draft)
            if first is not draft:
                problem = _("Row %(row)d has it as well.") % {"row": first.row}
                draft.problems.append(f"{address.address}: {problem}")

    def _require_free(self, draft: Draft) -> None:
        for address in draft.wanted.addresses:
            entry = self._entry_of.get(address.identity)
            if entry is None or (draft.old and entry.pk == draft.old.pk):
                continue
            other = self._draft_of.get(entry.pk)
            if other is None or not other.is_good:
                self._refuse(draft, address.identity, entry)

    def _leave_out(self, draft: Draft) -> None:
        """Refuse the rows that depend on a bad one: its entry keeps its addresses, and its new team is not added."""
        for address in draft.old.data.addresses if draft.old else ():
            other = self._wanted_by.get(address.identity)
            if draft.old and other and other is not draft and other.is_good:
                self._refuse(other, address.identity, draft.old)
                self._left_out.append(other)
        for other in self._members_of.pop(draft, []):
            if other.is_good and draft.old is None:
                problem = _("The team stands in row %(row)d, which cannot be imported.") % {"row": draft.row}
                other.problems.append(f"{head_of('team')}: {problem}")
                self._left_out.append(other)

    def _refuse(self, draft: Draft, identity: Identity, entry: SnapshotEntry) -> None:
        problem = _("This is in the directory already, as “%(name)s”.") % {"name": entry.data.name}
        draft.problems.append(f"{identity[1]}: {problem}")
