"""Inserts rows without model instances: a million of them would take longer than the measuring."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

_BATCH = 20_000

Row = dict[str, Any]
Values = Iterator[tuple[Any, ...]]


def insert_rows(model: type[Model], rows: Iterable[Row]) -> None:
    """Insert rows (column: value) in the fastest way of the database. A missing column gets the model's default."""
    fields = list(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    converters: dict[str, Callable[[Any], Any]] = {}
    readers = [_make_reader(field, converters) for field in fields]
    values: Values = (tuple(read(row) for read in readers) for row in rows)
    insert = _copy if connection.vendor == "postgresql" else _insert_in_batches
    insert(model._meta.db_table, columns, values, len(fields))


def _copy(table: str, columns: str, values: Values, _width: int) -> None:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
        for row in values:
            copy.write_row(row)


def _insert_in_batches(table: str, columns: str, values: Values, width: int) -> None:
    placeholders = ", ".join(["%s"] * width)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -262144")  # KiB: the inserts touch pages all over the indexes
        cursor.execute("BEGIN")
        while batch := list(islice(values, _BATCH)):
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({placeholders})', batch)  # noqa: S608
        cursor.execute("COMMIT")


def _make_reader(field: Any, converters: dict[str, Callable[[Any], Any]]) -> Callable[[Row], Any]:
    """Return a function that takes a column's value out of a row and converts it for the database.

    `converters` has one cached converter for each kind of field: all times of a row are the same, so that each is
    converted once.
    """
    default = field.get_db_prep_save(field.get_default() if field.has_default() else None, connection)
    if default is None and not field.null and field.empty_strings_allowed:
        default = ""
    kind = field.get_internal_type()
    if kind in {"UUIDField", "DateTimeField"}:
        convert = converters.setdefault(
            kind, lru_cache(maxsize=8)(partial(field.get_db_prep_save, connection=connection))
        )
        return lambda row: convert(row.get(field.column))
    return lambda row: (
        str(row[field.column]) if isinstance(row.get(field.column), str) else row.get(field.column, default)
    )
