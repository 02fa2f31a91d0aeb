"""The place in the history where a page ends, written so that it fits into an address.

A cursor names a row by what it is sorted by, so the next page starts there by index, however deep it lies.
It holds a time and an id, nothing about people, and grants nothing: it needs no signature.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import DateTimeField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from transfers.models import Transfer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"(older|newer)-(\d{1,18})-(\d{1,18})", re.ASCII)


class InvalidCursor(ValueError):
    """The text is no cursor of ours: cut off, mistyped or made up."""


@dataclass(frozen=True)
class Cursor:
    """Everything `older` or `newer` than the row that was requested at `requested_at` (UTC) and has the id `pk`."""

    is_older: bool
    requested_at: datetime
    pk: int

    @classmethod
    def at(cls, transfer: Transfer, *, is_older: bool) -> "Cursor":
        """Return the place just before or after a transfer."""
        return cls(is_older=is_older, requested_at=transfer.requested_at, pk=transfer.pk)

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor that `str()` wrote; raises `InvalidCursor`."""
        match = _SHAPE.fullmatch(text)
        if match is None:
            raise InvalidCursor(text)
        try:
            requested_at = _EPOCH + timedelta(microseconds=int(match[2]))
        except OverflowError:
            raise InvalidCursor(text) from None
        return cls(is_older=match[1] == "older", requested_at=requested_at, pk=int(match[3]))

    def __str__(self) -> str:
        microseconds = (self.requested_at - _EPOCH) // timedelta(microseconds=1)
        return f"{'older' if self.is_older else 'newer'}-{microseconds}-{self.pk}"


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
