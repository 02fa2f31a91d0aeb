"""An empty database for one running system: in a test, processes of their own must not share the test's database."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


@contextmanager
def scratch_database(*, like: str, folder: Path) -> Iterator[str]:
    """Give the DATABASE_URL of an empty database of the same kind as `like`, for as long as the block runs.

    SQLite: a file in `folder`. PostgreSQL: a database of its own on the same server, dropped afterwards even when in
    use; the account needs the right to make databases.
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
