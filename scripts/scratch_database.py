"""An empty database for one running system: its processes must not share the database of a test."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


@contextmanager
def scratch_database(*, like: str, folder: Path) -> Iterator[str]:
    """Yield the DATABASE_URL of an empty database of the same kind as `like`. It exists for as long as the block runs.

    SQLite: a file in `folder`. PostgreSQL: a database on the same server, dropped afterwards even when it is in use;
    the account needs the right to create databases.
    """
    parts = urlsplit(like)
    if parts.scheme not in ("postgres", "postgresql"):
        yield f"sqlite:///{folder.resolve() / 'db.sqlite3'}"
        return
    name = f"transferdesk_{secrets.token_hex(6)}"
    _run_on_server(like, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        _run_on_server(like, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _run_on_server(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
