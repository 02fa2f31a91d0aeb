"""Finds the transfers of a filter, with the fastest way to a page of them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from transfers.history import pages, search
from transfers.history.filters import HistoryFilter, select_transfers
from transfers.history.pages import PAGE_SIZE, Page, page_of_transfers
from transfers.history.search import Matches
from transfers.models import Transfer, User


@dataclass(frozen=True)
class SearchResult:
    """The transfers of a filter, newest first, each with its call.

    If the filter has only a text and the text matches more than `COUNT_LIMIT` transfers, `matches` selects a page of
    them from the `whole` history, which is faster than `transfers`.
    """

    transfers: QuerySet[Transfer]
    whole: QuerySet[Transfer] | None = None
    matches: Matches | None = None

    def page(self, cursor: str = "", page_size: int = PAGE_SIZE) -> Page:
        """Return the page at a cursor, or the first page. Raises `InvalidCursor`."""
        transfers = self.transfers if self.whole is None else self.whole
        return page_of_transfers(transfers, cursor, page_size, matches=self.matches)

    def count_up_to_limit(self) -> int:
        """Count the transfers, but no further than one above `COUNT_LIMIT`."""
        return pages.count_up_to_limit(self.transfers) if self.matches is None else pages.COUNT_LIMIT + 1


def filtered_transfers(*, user: User, filters: HistoryFilter) -> QuerySet[Transfer]:
    """Return the transfers that the person may see and the filter selects, newest first, each with its call."""
    return find_transfers(user=user, filters=filters).transfers


def find_transfers(*, user: User, filters: HistoryFilter) -> SearchResult:
    """Return the same transfers as a `SearchResult`, which reads pages and counts quickly."""
    transfers = select_transfers(user, filters)
    if not filters.text:
        return SearchResult(transfers)
    matches = None if search.is_call_uuid(filters.text) else search.find_matches(filters.text)
    ids = matches.all_ids_if_few() if matches else None
    if ids is not None:
        return SearchResult(transfers.filter(pk__in=ids))
    searched = transfers.filter(search.matching(filters.text))
    has_only_text = filters == HistoryFilter(text=filters.text)
    if matches is None or not has_only_text or not user.has_perm("transfers.view_all_transfers"):
        return SearchResult(searched)
    return SearchResult(searched, whole=transfers, matches=matches)
