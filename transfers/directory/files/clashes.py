"""Rows of one file that cannot go together, or not with what stays: the later one, and what rests on it, is refused."""

from collections import defaultdict

from django.utils.translation import gettext as _

from transfers.destination_policy import Identity
from transfers.directory.files.columns import head_of
from transfers.directory.files.matching import Draft
from transfers.directory.snapshot import Snapshot, SnapshotEntry


def refuse_clashes(drafts: list[Draft], snapshot: Snapshot) -> None:
    """Give a problem to each good draft that wants an address somebody else keeps, or a team that does not come."""
    _Clashes(drafts, snapshot).find()


class _Clashes:
    """Finds them: each row that is left out may make others bad, and is looked at once."""

    def __init__(self, drafts: list[Draft], snapshot: Snapshot) -> None:
        self._drafts = drafts
        self._holder = {
            address.identity: entry for entry in snapshot.entries.values() for address in entry.data.addresses
        }
        self._draft_of = {draft.old.pk: draft for draft in drafts if draft.old}
        self._wanted_by: dict[Identity, Draft] = {}
        self._resting_on: dict[Draft, list[Draft]] = defaultdict(list)
        self._left_out: list[Draft] = []

    def find(self) -> None:
        for draft in self._drafts:
            if draft.is_good:
                self._claim(draft)
                if isinstance(draft.team, Draft):
                    self._resting_on[draft.team].append(draft)
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
                told = _("Row %(row)d has it as well.") % {"row": first.row}
                draft.problems.append(f"{address.address}: {told}")

    def _require_free(self, draft: Draft) -> None:
        for address in draft.wanted.addresses:
            holder = self._holder.get(address.identity)
            if holder is None or (draft.old and holder.pk == draft.old.pk):
                continue
            other = self._draft_of.get(holder.pk)
            if other is None or not other.is_good:
                self._refuse(draft, address.identity, holder)

    def _leave_out(self, draft: Draft) -> None:
        """Draw the consequences of a row that is bad: its entry keeps its addresses, and its new team does not come."""
        for address in draft.old.data.addresses if draft.old else ():
            other = self._wanted_by.get(address.identity)
            if draft.old and other and other is not draft and other.is_good:
                self._refuse(other, address.identity, draft.old)
                self._left_out.append(other)
        for other in self._resting_on.pop(draft, []):
            if other.is_good and draft.old is None:
                told = _("The team stands in row %(row)d, which cannot be imported.") % {"row": draft.row}
                other.problems.append(f"{head_of('team')}: {told}")
                self._left_out.append(other)

    def _refuse(self, draft: Draft, identity: Identity, holder: SnapshotEntry) -> None:
        told = _("This is in the directory already, as “%(name)s”.") % {"name": holder.data.name}
        draft.problems.append(f"{identity[1]}: {told}")
