"""A database that is locked or away: how that shows, and how long one waits for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

from django.db import DEFAULT_DB_ALIAS, InterfaceError, InternalError, OperationalError, connection, connections

from tenios_dashboard.sqlite3.base import DatabaseWrapper as SqliteWrapper

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""What Django raises when the database cannot do its work now. Whether a commit that failed so was made is not known.

By an `InternalError` PostgreSQL tells a process that hung inside a transaction that its session was ended.
"""


def is_database_trouble(error: BaseException | None) -> bool:
    """Tell whether this is the database's trouble. What SQLite calls an error in our SQL is our own mistake."""
    is_our_mistake = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR if error else False
    return isinstance(error, DATABASE_TROUBLE) and not is_our_mistake


@contextmanager
def lock_wait_limited_to(seconds: float) -> Iterator[None]:
    """Let the statements of this block wait for a lock no longer than this. Raises `DATABASE_TROUBLE`.

    Afterwards the connection has the bound again that it began with; hence not for a block inside another one.
    """
    _set_bound(seconds)
    try:
        yield
    finally:
        if connection.connection is not None:  # a new one begins with the usual bound
            with suppress(*DATABASE_TROUBLE):
                _set_bound(None)


def _set_bound(seconds: float | None) -> None:
    """Bound the waiting of this connection; None stands for the bound of its settings."""
    if connection.vendor == "sqlite":
        cast(SqliteWrapper, connections[DEFAULT_DB_ALIAS]).bound_waiting(seconds)
        return
    bound = "DEFAULT" if seconds is None else f"'{max(1, round(seconds * 1000))}'"
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout TO {bound}")
