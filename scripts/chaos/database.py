"""The database of the run, read and disturbed without the product's code: plain SQL on SQLite or PostgreSQL."""

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql

from scripts.chaos.evidence import Row

_STATES = "SELECT id, state FROM transfers_transfer"
_CALLS = "SELECT call_uuid, state FROM transfers_call WHERE state <> 'ended'"
_ROWS = """
    SELECT t.id, c.call_uuid, t.destination, t.request_key, t.state, t.attempt, t.requested_at, t.sent_at, t.resolved_by
    FROM transfers_transfer t JOIN transfers_call c ON c.id = t.call_id ORDER BY t.id
"""
_STEPS = """
    SELECT transfer_id, outcome, recorded_at FROM transfers_auditentry
    WHERE transfer_id IS NOT NULL AND outcome <> '' ORDER BY seq
"""
# The end of a pause is told by the same action; only its detail says so.
_GATE = """
    SELECT e.action, e.recorded_at FROM transfers_auditentry e LEFT JOIN transfers_auditdetail d ON d.entry_id = e.seq
    WHERE e.action = 'sending_stopped' OR (e.action = 'sending_resumed' AND d.payload NOT LIKE '%pause_over%')
    ORDER BY e.seq
"""

Query = Callable[[str], list[tuple[Any, ...]]]


class Database:
    """One database by its DATABASE_URL."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._is_sqlite = url.startswith("sqlite")
        self._kept: psycopg.Connection | None = None
        self.kind = "sqlite" if self._is_sqlite else "postgresql"
        self.fault_target = "database" if self._is_sqlite else "database_away"

    def read_states(self) -> dict[int, str]:
        """Return the state of every transfer, as committed. Raises sqlite3.Error, psycopg.Error."""
        with self._reading() as query:
            return {int(number): str(state) for number, state in query(_STATES)}

    def read_board(self) -> tuple[dict[int, str], dict[str, str]]:
        """Return the state of every transfer and of every live call. Raises sqlite3.Error, psycopg.Error."""
        with self._reading(is_kept=True) as query:
            states = {int(number): str(state) for number, state in query(_STATES)}
            return states, {str(call_uuid): str(state) for call_uuid, state in query(_CALLS)}

    def read_rows(self) -> list[Row]:
        """Return every transfer with the states of its audit trail, in one snapshot."""
        with self._reading() as query:
            rows, entries = query(_ROWS), query(_STEPS)
        steps: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
        for transfer_id, state, at in entries:
            steps[transfer_id].append((state, _moment(at)))
        return [_read_row(row, steps[row[0]]) for row in rows]

    def read_stops(self) -> list[tuple[datetime, datetime]]:
        """Return when sending stood still because TENIOS had refused the access key: from, until (UTC)."""
        with self._reading() as query:
            told = [(action, _moment(at)) for action, at in query(_GATE)]
        stops: list[tuple[datetime, datetime]] = []
        for action, at in told:
            if action == "sending_stopped":
                stops.append((at, datetime.max.replace(tzinfo=UTC)))
            elif stops:
                stops[-1] = (stops[-1][0], min(at, stops[-1][1]))
        return stops

    def disturb(self, *, seconds: float, stop: threading.Event) -> None:
        """SQLite: hold the write lock. PostgreSQL: end every connection and let nobody in. Ends early with `stop`."""
        with self._locked() if self._is_sqlite else self._shut():
            stop.wait(seconds)

    @contextmanager
    def _reading(self, *, is_kept: bool = False) -> Iterator[Query]:
        if self._is_sqlite:
            with closing(sqlite3.connect(self._url.removeprefix("sqlite:///"), isolation_level=None)) as file:
                file.execute("PRAGMA query_only = ON")
                file.execute("BEGIN")
                yield lambda text: file.execute(text).fetchall()
            return
        server = self._kept if is_kept and self._kept and not self._kept.closed else self._connect()
        self._kept = server if is_kept else self._kept
        with server if not is_kept else server.transaction():
            yield lambda text: server.execute(text.encode()).fetchall()

    def _connect(self) -> psycopg.Connection:
        server = psycopg.connect(self._url, connect_timeout=3)
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return server

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = self._url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")

    @contextmanager
    def _shut(self) -> Iterator[None]:
        parts = urlsplit(self._url)
        name = sql.Identifier(parts.path.lstrip("/"))
        beside = urlunsplit(parts._replace(path="/postgres"))
        with psycopg.connect(beside, autocommit=True) as server:
            server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(name))
            try:
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [parts.path.lstrip("/")],
                )
                yield
            finally:
                server.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(name))


def _read_row(row: tuple[Any, ...], steps: list[tuple[str, datetime]]) -> Row:
    number, call_uuid, destination, key, state, attempt, requested_at, sent_at, resolved_by = row
    return Row(
        transfer_id=number,
        call_uuid=call_uuid,
        destination=destination,
        request_key=str(key if isinstance(key, UUID) else UUID(key)),
        state=state,
        attempt=attempt,
        requested_at=_moment(requested_at),
        sent_at=_moment(sent_at) if sent_at else None,
        resolved_by=resolved_by,
        steps=tuple(steps),
    )


def _moment(value: str | datetime) -> datetime:
    """SQLite keeps a time as text without a zone: it is UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
