"""Somebody else in the database: a connection that holds what everybody needs to write, and says nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

AUDIT_LOCK = "SELECT pg_advisory_xact_lock(4827310569)"
BEAR_SILENCE = " -c idle_in_transaction_session_timeout=0"
"""What conftest adds to the options of PostgreSQL, so that a test may hold its transaction for as long as it takes."""


@contextmanager
def foreign_lock(statement: str = AUDIT_LOCK) -> Iterator[BaseDatabaseWrapper]:
    """Hold the write lock on SQLite, on PostgreSQL what `statement` takes, in a transaction of another connection.

    The connection has the bounds of the settings, so PostgreSQL ends a session that hangs for too long.
    """
    other = connection.copy()
    if connection.vendor == "postgresql":
        options = other.settings_dict["OPTIONS"]
        options["options"] = options["options"].removesuffix(BEAR_SILENCE)
    other.inc_thread_sharing()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else statement)
        yield other
    finally:
        other.close()


def bear_any_silence(other: BaseDatabaseWrapper) -> None:
    """Take the bound on silence from this connection, so that it holds its locks until it is closed."""
    if connection.vendor == "postgresql":
        with other.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
