"""Pages of the history, and the neighbours of one transfer.

A page starts at a sort key (`requested_at`, `id`), never at an offset, and no query counts all rows. So page 1,000
costs the same as page 1.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from transfers.history import search
from transfers.history.cursor import Cursor, newer_than, older_than
from transfers.history.search import Matches
from transfers.lifecycle.states import with_deadlines_applied
from transfers.models import Transfer

PAGE_SIZE = 50
COUNT_LIMIT = search.FEW
"""Above this number the page says "1,000+", because an exact count would read every row."""


@dataclass(frozen=True)
class Page:
    """Some transfers, newest first, and the cursors of the next pages in both directions ("" if there is none)."""

    transfers: list[Transfer]
    newer: str
    older: str

    @property
    def is_all(self) -> bool:
        """Whether this is the only page."""
        return not self.newer and not self.older


def page_of_transfers(
    transfers: QuerySet[Transfer], cursor: str = "", page_size: int = PAGE_SIZE, *, matches: Matches | None = None
) -> Page:
    """Return the page at a cursor, or the first page. `transfers` is ordered as `select_transfers` orders it.

    With `matches`, `transfers` is the whole history and the page shows only what matches. If the way back reaches the
    newest row, the result is the full first page. Raises `InvalidCursor`.
    """
    place = Cursor.read(cursor) if cursor else None
    if place is not None and not place.is_older:
        rows = _first(newer_than(transfers, place), page_size + 1, matches)
        if len(rows) > page_size:
            return _make_page(rows[:page_size][::-1], has_newer=True, has_older=True)
        place = None
    rows = _first(older_than(transfers, place) if place else transfers, page_size + 1, matches)
    return _make_page(rows[:page_size], has_newer=place is not None, has_older=len(rows) > page_size)


def count_up_to_limit(transfers: QuerySet[Transfer]) -> int:
    """Count the transfers, but no further than one above `COUNT_LIMIT`."""
    return transfers.order_by()[: COUNT_LIMIT + 1].count()


def neighbours(transfers: QuerySet[Transfer], transfer: Transfer) -> tuple[int | None, int | None]:
    """Return the ids of the next newer and the next older transfer."""
    newer = newer_than(transfers, Cursor.at(transfer, is_older=False)).values_list("pk", flat=True).first()
    older = older_than(transfers, Cursor.at(transfer, is_older=True)).values_list("pk", flat=True).first()
    return newer, older


def _first(transfers: QuerySet[Transfer], count: int, matches: Matches | None) -> list[Transfer]:
    if matches is not None:
        transfers = transfers.filter(pk__in=matches.first_ids(transfers, count))
    return list(transfers[:count])


def _make_page(rows: list[Transfer], *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        [with_deadlines_applied(row) for row in rows],
        newer=str(Cursor.at(rows[0], is_older=False)) if has_newer and rows else "",
        older=str(Cursor.at(rows[-1], is_older=True)) if has_older and rows else "",
    )
