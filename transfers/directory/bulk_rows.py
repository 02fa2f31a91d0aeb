"""Rows of many entries at once: values made ready before anything is locked, then written by one statement a table.

Only `bulk_writing` calls this. Django's own bulk writes compose their statements while they write; on SQLite that would
be time under the one write lock, in which no transfer can be claimed. Statements are put together from the names in our
models alone.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Values = list[Any]


def fields_of(model: type[models.Model], *, without: Iterable[str] = ()) -> list[str]:
    """Name all columns of a table but its id."""
    left_out = set(without)
    fields = (field for field in model._meta.concrete_fields if not field.primary_key)
    return [field.name for field in fields if field.name not in left_out]


def stored(row: models.Model, fields: Sequence[str]) -> Values:
    """Return the values of a row as the database takes them."""
    model = type(row)
    found = [_field(model, name) for name in fields]
    database = connections[DEFAULT_DB_ALIAS]  # itself: through `connection` each of the values would look for it
    return [field.get_db_prep_save(getattr(row, field.attname), database) for field in found]


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert rows of values that `stored` made."""
    table, columns = _names(model, fields)
    places = ", ".join(["%s"] * len(columns))
    _execute_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608


def update_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Values]) -> None:
    """Update rows by their id, which stands last in each."""
    table, columns = _names(model, fields)
    places = ", ".join(f"{column} = %s" for column in columns)
    _execute_many(f"UPDATE {table} SET {places} WHERE id = %s", rows)  # noqa: S608


def delete_rows(model: type[models.Model], field: str, values: Iterable[int]) -> None:
    """Delete rows by a number they hold. Nothing may refer to them."""
    table, (column,) = _names(model, [field])
    _execute_many(f"DELETE FROM {table} WHERE {column} = %s", ([value] for value in values))  # noqa: S608


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Return ids that no row has or had. On SQLite only good inside the transaction that uses them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = int(cursor.fetchone()[0])
        return list(range(last + 1, last + 1 + count))


def _names(model: type[models.Model], fields: Sequence[str]) -> tuple[str, list[str]]:
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), [quote(str(_field(model, name).column)) for name in fields]


@cache
def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(name)
    return field


def _execute_many(statement: str, rows: Iterable[Values]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))
