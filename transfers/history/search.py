"""Searches the history for a text: first among the names that transfers have, then among the transfers of these names.

A million transfers have some hundred different names, and both columns of names have an index. So the cost of a search
depends on the number of names and the size of a page, not on the number of transfers.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from transfers.history.names import NAME_COLUMNS, first_of_names, known_names
from transfers.models import Call, Transfer

FEW = 1000
"""Up to this many transfers are selected by their ids, and up to this many names or calls are followed one by one."""

LAST_CODE_POINT = "\U0010ffff"
_CALL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Matches:
    """What a text matches: by column the names that contain it, and the transfers whose call id begins with it.

    `of_calls` are the ids of these transfers, or None if there are more than `FEW`.
    """

    text: str
    names: Mapping[str, Sequence[str]]
    of_calls: Sequence[int] | None

    def all_ids_if_few(self) -> list[int] | None:
        """Return the ids of all matching transfers, or None if there are more than `FEW`."""
        if self.of_calls is None:
            return None
        ids = set(self.of_calls)
        for column, names in self.names.items():
            of_names = Transfer.objects.filter(**{f"{column}__in": names})
            ids.update(of_names.values_list("pk", flat=True)[: FEW + 1])
        return sorted(ids) if len(ids) <= FEW else None

    def first_ids(self, transfers: QuerySet[Transfer], count: int) -> list[int]:
        """Return ids that include the first `count` matches in `transfers`, the ordered history or a part of it.

        Each name contributes its first `count` transfers. If there are more than `count` names, only the `count` names
        with the earliest first transfer contribute.
        """
        ids = list(_first_of_calls(transfers, self.text, count) if self.of_calls is None else self.of_calls)
        for column, names in self.names.items():
            if len(names) > count:
                names = [name for _id, name in first_of_names(transfers, column, names, each=1, limit=count)]
            ids += [pk for pk, _name in first_of_names(transfers, column, names, each=count, limit=count)]
        return ids


def is_call_uuid(text: str) -> bool:
    """Whether a text is a complete call id. Then only calls are searched."""
    return _CALL_UUID.fullmatch(text) is not None


def find_matches(text: str) -> Matches | None:
    """Return what a text matches, or None if more than `FEW` names do.

    With so many names, reading the history in its order soon fills a page.
    """
    spellings = _spellings(text)
    names = {column: known_names(column, containing=spellings, limit=FEW + 1) for column in NAME_COLUMNS}
    if any(len(matching_names) > FEW for matching_names in names.values()):
        return None
    of_calls = Transfer.objects.filter(_begins("call__call_uuid", text)).values_list("pk", flat=True)[: FEW + 1]
    return Matches(text, names, list(of_calls) if len(of_calls) <= FEW else None)


def matching(text: str) -> Q:
    """Return the search as a condition that the database tests on each transfer."""
    if is_call_uuid(text):
        return Q(call__call_uuid=text) | Q(call__call_uuid=text.lower())
    condition = Q(call__in=_calls_beginning_with(text))
    for column in NAME_COLUMNS:
        for spelling in _spellings(text):
            condition |= Q(**{f"{column}__icontains": spelling})
    return condition


def _spellings(text: str) -> set[str]:
    """SQLite, and PostgreSQL with the locale C, ignore case in ASCII letters only."""
    return {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}


def _calls_beginning_with(text: str) -> QuerySet[Call]:
    """A subquery, so that the index on call ids is read once and not for every transfer."""
    return Call.objects.filter(_begins("call_uuid", text))


def _begins(field: str, text: str) -> Q:
    beginnings = Q()
    for spelling in {text, text.lower(), text.upper()}:
        if connection.vendor == "sqlite":  # its LIKE uses no index, but it compares text by code points
            beginnings |= Q(**{f"{field}__gte": spelling, f"{field}__lt": spelling + LAST_CODE_POINT})
        else:
            beginnings |= Q(**{f"{field}__startswith": spelling})
    return beginnings


def _first_of_calls(transfers: QuerySet[Transfer], text: str, count: int) -> QuerySet[Transfer, int]:
    """Return the ids of the first transfers whose call id begins with a text that many call ids begin with.

    PostgreSQL decides by its statistics whether to read in order or to sort. SQLite would always sort all of them;
    COALESCE hides the index on call ids from it, so it reads in order.
    """
    if connection.vendor == "sqlite":
        without_index = transfers.annotate(start_of_id=Coalesce("call__call_uuid", Value("")))
        return without_index.filter(_begins("start_of_id", text)).values_list("pk", flat=True)[:count]
    return transfers.filter(call__in=_calls_beginning_with(text)).values_list("pk", flat=True)[:count]
