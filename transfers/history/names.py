"""Reads the different names that transfers have from the two indexes that begin with a name.

Each different name is one step along an index. A table of names would be simpler to read, but it would have to be kept
in step with the transfers, and a person's name could stay in it after their transfers are deleted.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from transfers.models import Transfer

NAME_COLUMNS = ("destination_name", "agent_name")
_KNOWN_NAMES = """
    WITH RECURSIVE known (name) AS (
        SELECT MIN({column}) FROM transfers_transfer
        UNION ALL
        SELECT (SELECT MIN({column}) FROM transfers_transfer WHERE {column} > known.name)
        FROM known WHERE known.name IS NOT NULL
    )
    SELECT name FROM known WHERE {condition} LIMIT {limit}
"""
_FIRST_OF_NAMES = """
    SELECT candidate.id, known.name FROM {names} CROSS JOIN transfers_transfer candidate WHERE candidate.id {first_ids}
    ORDER BY candidate.requested_at {direction}, candidate.id {direction} LIMIT {limit}
"""


def known_names(column: str, *, containing: Collection[str], limit: int) -> list[str]:
    """Return up to `limit` different names of a column that contain one of the texts, compared as `icontains` does."""
    backend = cast(Any, connection)
    contains = f"{backend.ops.lookup_cast('icontains') % 'name'} {backend.operators['icontains']}"
    sql = _KNOWN_NAMES.format(column=column, condition=" OR ".join([contains] * len(containing)), limit=limit)
    return [name for (name,) in _rows(sql, [f"%{backend.ops.prep_for_like_query(text)}%" for text in containing])]


def first_of_names(
    transfers: QuerySet[Transfer], column: str, names: Sequence[str], *, each: int, limit: int
) -> list[tuple[int, str]]:
    """Return id and name of the first transfers with one of the names: at most `each` per name and `limit` in all."""
    of_one_name = transfers.filter(**{column: RawSQL("known.name", [])}).values("pk")[:each]
    ids, params = of_one_name.query.sql_with_params()
    is_postgresql = connection.vendor == "postgresql"
    sql = _FIRST_OF_NAMES.format(
        names="unnest(%s::text[]) known (name)" if is_postgresql else "(SELECT value name FROM json_each(%s)) known",
        first_ids=f"= ANY (ARRAY({ids}))" if is_postgresql else f"IN ({ids})",
        direction="DESC" if str(transfers.query.order_by[0]).startswith("-") else "ASC",
        limit=limit,
    )
    return _rows(sql, [list(names) if is_postgresql else json.dumps(names), *params]) if names else []


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
