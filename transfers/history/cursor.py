"""The place in the history where a page ends, as text for an address.

A cursor names a row by its sort key, so the next page is found by index however far back it is. It contains a time and
an id but no personal data, and gives no access to anything, so it needs no signature.
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
    """The text is not a cursor that we wrote: cut off, mistyped or invented."""


@dataclass(frozen=True)
class Cursor:
    """All rows older (`is_older`) or newer than the row with this `requested_at` (UTC) and id `pk`."""

    is_older: bool
    requested_at: datetime
    pk: int

    @classmethod
    def at(cls, transfer: Transfer, *, is_older: bool) -> "Cursor":
        """Return the cursor that starts directly after or before a transfer."""
        return cls(is_older=is_older, requested_at=transfer.requested_at, pk=transfer.pk)

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Return the cursor that `str()` wrote. Raises `InvalidCursor`."""
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
    """Select the transfers older than a place, newest first."""
    # The second condition follows from the first, but only a condition without OR lets the index start at the place.
    moment = _stored_moment(place)
    return transfers.filter(Q(requested_at__lt=moment) | Q(id__lt=place.pk), requested_at__lte=moment)


def newer_than(transfers: QuerySet[Transfer], place: Cursor) -> QuerySet[Transfer]:
    """Select the transfers newer than a place, oldest first, so that the nearest row comes first."""
    moment = _stored_moment(place)
    newer = transfers.filter(Q(requested_at__gt=moment) | Q(id__gt=place.pk), requested_at__gte=moment)
    return newer.order_by("requested_at", "id")


def _stored_moment(place: Cursor) -> Coalesce:
    """Return the time as the row stores it: SQLite compares times as text, and writes 0, 3 or 6 decimals."""
    stored = Transfer.objects.filter(pk=place.pk).values("requested_at")
    return Coalesce(Subquery(stored), Value(place.requested_at, output_field=DateTimeField()))
