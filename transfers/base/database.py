"""The database is locked or away: which errors say so, and how to limit the time that a statement waits for a lock."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import InterfaceError, InternalError, OperationalError, connection

DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)
"""What Django raises when the database cannot work now. A commit that failed with one of these may have been made.

PostgreSQL raises `InternalError` in a process whose session it has ended because it hung inside a transaction.
"""


def is_database_trouble(error: BaseException | None) -> bool:
    """Tell whether the database caused this error. SQLite raises `OperationalError` for mistakes in our SQL as well."""
    is_our_mistake = getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR if error else False
    return isinstance(error, DATABASE_TROUBLE) and not is_our_mistake


@contextmanager
def lock_wait_limited_to(seconds: float) -> Iterator[None]:
    """Limit the time that each statement of this block waits for a lock. Raises `DATABASE_TROUBLE`.

    Must not be nested: at the end the connection gets the limit of the settings back, not that of an outer block.
    """
    _limit_lock_wait(seconds)
    try:
        yield
    finally:
        if connection.connection is not None:  # a new connection begins with the limit of the settings
            with suppress(*DATABASE_TROUBLE):
                _limit_lock_wait(None)


def _limit_lock_wait(seconds: float | None) -> None:
    """Set the limit of this connection; None means the limit of the settings."""
    if connection.vendor == "sqlite":
        limit = connection.settings_dict["OPTIONS"]["timeout"] if seconds is None else seconds
        statement = f"PRAGMA busy_timeout = {_milliseconds(limit)}"
    else:
        statement = "SET lock_timeout TO " + ("DEFAULT" if seconds is None else f"'{_milliseconds(seconds)}'")
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _milliseconds(seconds: float) -> int:
    """Return at least 1: to PostgreSQL 0 means no limit."""
    return max(1, round(seconds * 1000))
