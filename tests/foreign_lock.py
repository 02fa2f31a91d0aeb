"""A second database connection that locks what every write needs, and stays idle."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

AUDIT_LOCK = "SELECT pg_advisory_xact_lock(4827310569)"
NO_IDLE_TIMEOUT = " -c idle_in_transaction_session_timeout=0"
"""The option of PostgreSQL that conftest adds, so that a test's transaction may be idle for any time."""


@contextmanager
def foreign_lock(statement: str = AUDIT_LOCK) -> Iterator[BaseDatabaseWrapper]:
    """Lock in a transaction of another connection: the write lock on SQLite, what `statement` locks on PostgreSQL.

    The connection has the timeouts of the settings, so PostgreSQL ends its session after some time.
    """
    other = connection.copy()
    if connection.vendor == "postgresql":
        options = other.settings_dict["OPTIONS"]
        options["options"] = options["options"].removesuffix(NO_IDLE_TIMEOUT)
    other.inc_thread_sharing()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else statement)
        yield other
    finally:
        other.close()


def remove_idle_timeout(other: BaseDatabaseWrapper) -> None:
    """Remove the idle timeout of this connection, so that it keeps its locks until it is closed."""
    if connection.vendor == "postgresql":
        with other.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
