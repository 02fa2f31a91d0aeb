"""Makes a database unavailable for some seconds, by plain SQL."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


def make_unavailable(database_url: str, *, seconds: float, stop: threading.Event) -> None:
    """Lock SQLite for writing; end and refuse all connections of PostgreSQL. It ends early when `stop` is set."""
    outage = _write_lock if database_url.startswith("sqlite") else _without_connections
    with outage(database_url):
        stop.wait(seconds)


@contextmanager
def _write_lock(url: str) -> Iterator[None]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=20)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def _without_connections(url: str) -> Iterator[None]:
    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    other_database = urlunsplit(parts._replace(path="/postgres"))
    allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    with psycopg.connect(other_database, autocommit=True) as server:
        server.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        try:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            server.execute(allow.format(sql.Identifier(name), sql.SQL("true")))
