"""The search of the history by words: among the names that transfers carry first, then among the transfers of those.

Where there are a million transfers there are some hundred names, and each of the two has an index: what a search costs
follows from the names and from the length of a page.
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
"""Up to so many transfers are known by their ids; more names or calls than these are not followed one by one."""

LAST_CODE_POINT = "\U0010ffff"
_CALL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Mentions:
    """What mentions a text: by column the names that contain it, and the transfers of calls whose id begins with it.

    `of_calls` are the ids of these, None where they are more than `FEW`.
    """

    text: str
    names: Mapping[str, Sequence[str]]
    of_calls: Sequence[int] | None

    def ids_of_few(self) -> list[int] | None:
        """Return the ids of all these transfers; None where they are more than `FEW`."""
        if self.of_calls is None:
            return None
        ids = set(self.of_calls)
        for column, names in self.names.items():
            of_names = Transfer.objects.filter(**{f"{column}__in": names})
            ids.update(of_names.values_list("pk", flat=True)[: FEW + 1])
        return sorted(ids) if len(ids) <= FEW else None

    def first_ids(self, transfers: QuerySet[Transfer], count: int) -> list[int]:
        """Return ids that hold the first `count` of these within `transfers`, the ordered history or one end of it.

        Each name gives so many of its own. Where there are more names than that, those count whose first comes first.
        """
        ids = list(_first_of_calls(transfers, self.text, count) if self.of_calls is None else self.of_calls)
        for column, names in self.names.items():
            if len(names) > count:
                names = [name for _id, name in first_of_names(transfers, column, names, each=1, limit=count)]
            ids += [pk for pk, _name in first_of_names(transfers, column, names, each=count, limit=count)]
        return ids


def is_call_uuid(text: str) -> bool:
    """Tell whether a text is the whole id of a call: then nothing else is looked for."""
    return _CALL_UUID.fullmatch(text) is not None


def find_mentions(text: str) -> Mentions | None:
    """Look for what mentions a text; None where so many names do that reading in order meets one soon."""
    spellings = _spellings(text)
    names = {column: known_names(column, containing=spellings, limit=FEW + 1) for column in NAME_COLUMNS}
    if any(len(found) > FEW for found in names.values()):
        return None
    of_calls = Transfer.objects.filter(_begins("call__call_uuid", text)).values_list("pk", flat=True)[: FEW + 1]
    return Mentions(text, names, list(of_calls) if len(of_calls) <= FEW else None)


def mentions_of(text: str) -> Q:
    """Return the same question for the database to ask of each transfer."""
    if is_call_uuid(text):
        return Q(call__call_uuid=text) | Q(call__call_uuid=text.lower())
    asked = Q(call__in=_calls_beginning_with(text))
    for column in NAME_COLUMNS:
        for spelling in _spellings(text):
            asked |= Q(**{f"{column}__icontains": spelling})
    return asked


def _spellings(text: str) -> set[str]:
    """SQLite, and PostgreSQL with the locale C, fold the case of ASCII letters only."""
    return {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}


def _calls_beginning_with(text: str) -> QuerySet[Call]:
    """Return the calls whose id begins so, found by its index once, not beside every transfer."""
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
    """Return ids of the first transfers of many calls that begin so.

    PostgreSQL knows from its statistics whether to read in order until enough were met, or to sort all. SQLite would
    sort all, unless the id stands where no index is seen.
    """
    if connection.vendor == "sqlite":
        unseen = transfers.annotate(begin_of_id=Coalesce("call__call_uuid", Value("")))
        return unseen.filter(_begins("begin_of_id", text)).values_list("pk", flat=True)[:count]
    return transfers.filter(call__in=_calls_beginning_with(text)).values_list("pk", flat=True)[:count]
