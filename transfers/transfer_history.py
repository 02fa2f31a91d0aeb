"""Reads of the history: who may see which transfers, what a filter leaves, one page at a time.

Pages follow the sort key (`requested_at`, `id`), never an offset, and nothing counts all rows: page 1,000 costs what
page 1 costs.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from transfers.history_cursor import Cursor
from transfers.models import Call, Transfer, User
from transfers.transfer_states import by_the_clock

PAGE_SIZE = 50
COUNT_LIMIT = 1000
"""Above this the page says "1,000+": counting on would read every row."""

LAST_CODE_POINT = "\U0010ffff"
_CALL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


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


def visible_transfers(user: User) -> QuerySet[Transfer]:
    """Return the transfers this person may see: all for those who supervise, else their own."""
    if user.has_perm("transfers.view_all_transfers"):
        return Transfer.objects.all()
    return Transfer.objects.filter(agent=user)


def unresolved_transfers(user: User) -> QuerySet[Transfer]:
    """Return those this person may see that are unclear for so long that only a person's word is left."""
    return Transfer.objects.unresolved() & visible_transfers(user)


def filtered_transfers(*, user: User, filters: HistoryFilter) -> QuerySet[Transfer]:
    """Return what this person may see and the filter leaves, newest first, with the call of each."""
    wanted = {
        "call__caller_digest": filters.caller_digest,
        "agent_id": filters.agent_id,
        "destination_type": filters.destination_type,
        "destination": filters.destination,
        "state": filters.outcome,
        "requested_at__gte": filters.from_at,
        "requested_at__lt": filters.until_at,
    }
    transfers = unresolved_transfers(user) if filters.is_unresolved else visible_transfers(user)
    transfers = transfers.filter(**{field: value for field, value in wanted.items() if value})
    if filters.text:
        transfers = transfers.filter(_mentions(filters.text))
    return transfers.select_related("call").order_by("-requested_at", "-id")


def _mentions(text: str) -> Q:
    if _CALL_UUID.fullmatch(text):
        return Q(call__call_uuid=text) | Q(call__call_uuid=text.lower())
    names = Q(call__in=_calls_beginning_with(text))
    for spelling in {text, text.lower(), text.upper(), text.title()}:  # SQLite folds the case of ASCII letters only
        names |= Q(destination_name__icontains=spelling) | Q(agent_name__icontains=spelling)
    return names


def _calls_beginning_with(text: str) -> QuerySet[Call]:
    """Return the calls whose id begins so, found by its index once, not beside every transfer."""
    beginnings = Q()
    for spelling in {text, text.lower(), text.upper()}:
        if connection.vendor == "sqlite":  # its LIKE uses no index, but it compares text by code points
            beginnings |= Q(call_uuid__gte=spelling, call_uuid__lt=spelling + LAST_CODE_POINT)
        else:
            beginnings |= Q(call_uuid__startswith=spelling)
    return Call.objects.filter(beginnings)


def page_of_transfers(transfers: QuerySet[Transfer], cursor: str = "", page_size: int = PAGE_SIZE) -> Page:
    """Return the page a cursor asks for, the first one without; `transfers` come from `filtered_transfers`.

    A way back that reaches the newest row shows the first page, so that it is never half empty.
    Raises `InvalidCursor`.
    """
    place = Cursor.read(cursor) if cursor else None
    if place is not None and not place.is_older:
        rows = list(newer_than(transfers, place)[: page_size + 1])
        if len(rows) > page_size:
            return _page(rows[:page_size][::-1], has_newer=True, has_older=True)
        place = None
    rows = list((older_than(transfers, place) if place else transfers)[: page_size + 1])
    return _page(rows[:page_size], has_newer=place is not None, has_older=len(rows) > page_size)


def _page(rows: list[Transfer], *, has_newer: bool, has_older: bool) -> Page:
    return Page(
        [by_the_clock(row) for row in rows],
        newer=str(Cursor.at(rows[0], is_older=False)) if has_newer and rows else "",
        older=str(Cursor.at(rows[-1], is_older=True)) if has_older and rows else "",
    )


def older_than(transfers: QuerySet[Transfer], place: Cursor) -> QuerySet[Transfer]:
    """Leave what comes after a place, newest first. The plain bound beside the choice is what an index starts from."""
    moment = _stored_moment(place)
    return transfers.filter(Q(requested_at__lt=moment) | Q(id__lt=place.pk), requested_at__lte=moment)


def newer_than(transfers: QuerySet[Transfer], place: Cursor) -> QuerySet[Transfer]:
    """Leave what comes before a place, oldest first: the row next to it leads."""
    moment = _stored_moment(place)
    after = transfers.filter(Q(requested_at__gt=moment) | Q(id__gt=place.pk), requested_at__gte=moment)
    return after.order_by("requested_at", "id")


def _stored_moment(place: Cursor) -> Coalesce:
    """The time as the row holds it: SQLite compares text, and one moment may be written with 0, 3 or 6 decimals."""
    stored = Transfer.objects.filter(pk=place.pk).values("requested_at")
    return Coalesce(Subquery(stored), Value(place.requested_at, output_field=DateTimeField()))


def count_up_to_limit(transfers: QuerySet[Transfer]) -> int:
    """Count the transfers, but no further than one above `COUNT_LIMIT`."""
    return transfers.order_by()[: COUNT_LIMIT + 1].count()


def neighbours(transfers: QuerySet[Transfer], transfer: Transfer) -> tuple[int | None, int | None]:
    """Return the ids of the next newer and the next older transfer."""
    newer = newer_than(transfers, Cursor.at(transfer, is_older=False)).values_list("pk", flat=True).first()
    older = older_than(transfers, Cursor.at(transfer, is_older=True)).values_list("pk", flat=True).first()
    return newer, older
