"""A database that is locked or away: how that shows, and how long one waits for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, InternalError, OperationalError, connection

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""What Django raises when the database cannot do its work now. Whether a commit that failed so was made is not known.

By an `InternalError` PostgreSQL tells a process that hung inside a transaction that its session was ended.
"""


def is_database_trouble(error: BaseException | None) -> bool:
    """Tell whether this is the database's trouble. What SQLite calls an error in our SQL is our own mistake."""
    is_our_mistake = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR if error else False
    return isinstance(error, DATABASE_TROUBLE) and not is_our_mistake


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Let the statements of this block wait for a lock no longer than this. Raises `DATABASE_TROUBLE`."""
    usual = _set_bound(str(max(1, round(seconds * 1000))))
    try:
        yield
    finally:
        if connection.connection is not None:  # a new one begins with the usual bound
            with suppress(*DATABASE_TROUBLE):
                _set_bound(usual)


def _set_bound(value: str) -> str:
    """Set the bound (milliseconds, or what was returned before) for this connection; return the one it had."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout" if is_sqlite else "SHOW lock_timeout")
        usual = str(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {value}" if is_sqlite else f"SET lock_timeout = '{value}'")
    return usual
