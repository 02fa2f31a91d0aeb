"""Reads the chain page by page as it is in the database, also rows that were tampered with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import Error
from django.db.models import QuerySet

from transfers.audit_log.chain import HASHED_FIELDS, hash_detail, hash_entry
from transfers.models import AuditEntry

_COLUMNS = (*HASHED_FIELDS, "hash", "detail__salt", "detail__payload")
_PAGE = 1000
# What drivers and converters raise for a value that cannot be what its column says.
_UNREADABLE = (Error, ArithmeticError, AttributeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry and its detail as stored; `fields` is empty if they cannot be read."""

    seq: Any
    fields: dict[str, Any]
    hash: str = ""
    salt: str | None = None
    payload: str | None = None

    @property
    def is_as_recorded(self) -> bool:
        """Whether its hash fits its content."""
        try:
            return hash_entry(self.fields) == self.hash
        except (*_UNREADABLE, LookupError):
            return False

    @property
    def is_detail_as_recorded(self) -> bool:
        """Whether its detail exists and fits the entry's commitment."""
        try:
            commit = hash_detail(salt=self.salt or "", payload=self.payload or "")
        except _UNREADABLE:
            return False
        return bool(self.salt) and commit == self.fields["detail_commit"]


def stored_entries(entries: QuerySet[AuditEntry]) -> Iterator[StoredEntry]:
    """Yield these entries by ascending seq, with constant memory.

    SQLite may store a seq that is no integer: such rows are yielded as well, but a page that ends with one is the last.
    Raises django.db.Error if the database does not answer, never because of the content of a row.
    """
    page = _read_page(entries.order_by("seq"))
    while page:
        yield from page
        last = page[-1].seq
        page = _read_page(entries.order_by("seq").filter(seq__gt=last)) if type(last) is int else []


def _read_page(entries: QuerySet[AuditEntry]) -> list[StoredEntry]:
    try:
        return [_stored(values) for values in entries.values_list(*_COLUMNS)[:_PAGE]]
    except _UNREADABLE:
        return [_read_one(entries, seq) for seq in entries.values_list("seq", flat=True)[:_PAGE]]


def _read_one(entries: QuerySet[AuditEntry], seq: object) -> StoredEntry:
    if type(seq) is not int:
        return StoredEntry(seq=seq, fields={})
    try:
        return _stored(entries.values_list(*_COLUMNS).get(seq=seq))
    except _UNREADABLE:
        entries.values_list("seq").get(seq=seq)  # Raises if the database fails, and not the row.
        return StoredEntry(seq=seq, fields={})


def _stored(values: tuple[Any, ...]) -> StoredEntry:
    *fields, hash_, salt, payload = values
    return StoredEntry(
        seq=values[0], fields=dict(zip(HASHED_FIELDS, fields, strict=True)), hash=hash_, salt=salt, payload=payload
    )
