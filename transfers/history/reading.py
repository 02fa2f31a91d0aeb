"""Reads of the history: who may see which transfers, what a filter leaves, one page at a time.

Pages follow the sort key (`requested_at`, `id`), never an offset, and nothing counts all rows: page 1,000 costs what
page 1 costs.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from transfers.history import search
from transfers.history.cursor import Cursor, newer_than, older_than
from transfers.history.search import Mentions
from transfers.lifecycle.states import with_deadlines_applied
from transfers.models import Transfer, User

PAGE_SIZE = 50
COUNT_LIMIT = search.FEW
"""Above this the page says "1,000+": counting on would read every row."""


@dataclass(frozen=True)
class HistoryFilter:
    """What is asked for; an empty part asks for nothing. Times are aware, `until_at` is no longer meant."""

    text: str = ""
    caller_digest: str = ""
    agent_id: int | None = None
    destination_type: str = ""
    destination: str = ""
    outcome: str = ""
    is_unresolved: bool = False
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some transfers, newest first, and the cursors of the pages beside it ("" where there is none)."""

    transfers: list[Transfer]
    newer: str
    older: str

    @property
    def is_all(self) -> bool:
        """Whether no other page is beside it."""
        return not self.newer and not self.older


@dataclass(frozen=True)
class Found:
    """The transfers that were asked for, newest first, each with its call.

    Where words alone were searched for and mean more than `COUNT_LIMIT` transfers, `mentions` lead to a page of them
    within the `whole` history.
    """

    transfers: QuerySet[Transfer]
    whole: QuerySet[Transfer] | None = None
    mentions: Mentions | None = None

    def page(self, cursor: str = "", page_size: int = PAGE_SIZE) -> Page:
        """Do as `page_of_transfers`."""
        transfers = self.transfers if self.whole is None else self.whole
        return page_of_transfers(transfers, cursor, page_size, mentions=self.mentions)

    def count_up_to_limit(self) -> int:
        """Do as the function of this name."""
        return count_up_to_limit(self.transfers) if self.mentions is None else COUNT_LIMIT + 1


def visible_transfers(user: User) -> QuerySet[Transfer]:
    """Return the transfers this person may see: all for those who supervise, else their own."""
    if user.has_perm("transfers.view_all_transfers"):
        return Transfer.objects.all()
    return Transfer.objects.filter(agent=user)


def unresolved_transfers(user: User) -> QuerySet[Transfer]:
    """Return those this person may see that are unclear for so long that only a person's word is left."""
    return Transfer.objects.unresolved() & visible_transfers(user)


def with_destination(
    transfers: QuerySet[Transfer], address: str | OuterRef, destination_type: str | OuterRef
) -> QuerySet[Transfer]:
    """Leave the transfers to an address, of any type if that is empty.

    The type stands where no index is seen: SQLite would read a quarter of the history by it, and look at each address.
    """
    transfers = transfers.filter(destination=address)
    if not destination_type:
        return transfers
    return transfers.alias(type_of_address=Coalesce("destination_type", Value(""))).filter(
        type_of_address=destination_type
    )


def filtered_transfers(*, user: User, filters: HistoryFilter) -> QuerySet[Transfer]:
    """Return what this person may see and the filter leaves, newest first, with the call of each."""
    return find_transfers(user=user, filters=filters).transfers


def find_transfers(*, user: User, filters: HistoryFilter) -> Found:
    """Return the same together with the shortest way to a page of it."""
    transfers = _transfers_before_search(user, filters)
    if not filters.text:
        return Found(transfers)
    mentions = None if search.is_call_uuid(filters.text) else search.find_mentions(filters.text)
    ids = mentions.ids_of_few() if mentions else None
    if ids is not None:
        return Found(transfers.filter(pk__in=ids))
    searched = transfers.filter(search.mentions_of(filters.text))
    is_nothing_else_asked = filters == HistoryFilter(text=filters.text)
    if mentions is None or not is_nothing_else_asked or not user.has_perm("transfers.view_all_transfers"):
        return Found(searched)
    return Found(searched, whole=transfers, mentions=mentions)


def _transfers_before_search(user: User, filters: HistoryFilter) -> QuerySet[Transfer]:
    wanted = {
        "call__caller_digest": filters.caller_digest,
        "agent_id": filters.agent_id,
        "state": filters.outcome,
        "requested_at__gte": filters.from_at,
        "requested_at__lt": filters.until_at,
    }
    transfers = unresolved_transfers(user) if filters.is_unresolved else visible_transfers(user)
    transfers = transfers.filter(**{field: value for field, value in wanted.items() if value})
    if filters.destination:
        transfers = with_destination(transfers, filters.destination, filters.destination_type)
    elif filters.destination_type:
        transfers = transfers.filter(destination_type=filters.destination_type)
    return transfers.select_related("call").order_by("-requested_at", "-id")


def page_of_transfers(
    transfers: QuerySet[Transfer], cursor: str = "", page_size: int = PAGE_SIZE, *, mentions: Mentions | None = None
) -> Page:
    """Return the page a cursor asks for, the first one without; `transfers` come from `filtered_transfers`.

    With `mentions` they are the whole history, and only what is mentioned is meant.
    A way back that reaches the newest row shows the first page, so that it is never half empty.
    Raises `InvalidCursor`.
    """
    place = Cursor.read(cursor) if cursor else None
    if place is not None and not place.is_older:
        rows = _first(newer_than(transfers, place), page_size + 1, mentions)
        if len(rows) > page_size:
            return _page(rows[:page_size][::-1], has_newer=True, has_older=True)
        place = None
    rows = _first(older_than(transfers, place) if place else transfers, page_size + 1, mentions)
    return _page(rows[:page_size], has_newer=place is not None, has_older=len(rows) > page_size)


def _first(transfers: QuerySet[Transfer], count: int, mentions: Mentions | None) -> list[Transfer]:
    if mentions is not None:
        transfers = transfers.filter(pk__in=mentions.first_ids(transfers, count))
    return list(transfers[:count])


def _page(rows: list[Transfer], *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        [with_deadlines_applied(row) for row in rows],
        newer=str(Cursor.at(rows[0], is_older=False)) if has_newer and rows else "",
        older=str(Cursor.at(rows[-1], is_older=True)) if has_older and rows else "",
    )


def count_up_to_limit(transfers: QuerySet[Transfer]) -> int:
    """Count the transfers, but no further than one above `COUNT_LIMIT`."""
    return transfers.order_by()[: COUNT_LIMIT + 1].count()


def neighbours(transfers: QuerySet[Transfer], transfer: Transfer) -> tuple[int | None, int | None]:
    """Return the ids of the next newer and the next older transfer."""
    newer = newer_than(transfers, Cursor.at(transfer, is_older=False)).values_list("pk", flat=True).first()
    older = older_than(transfers, Cursor.at(transfer, is_older=True)).values_list("pk", flat=True).first()
    return newer, older
