"""Reads the database of the run without the product's code: plain SQL on SQLite or PostgreSQL."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from scripts.chaos.final_state import TransferRow

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
# "sending_resumed" is recorded at the end of a pause as well; only its detail tells the two apart.
_GATE = """
    SELECT e.action, e.recorded_at FROM transfers_auditentry e LEFT JOIN transfers_auditdetail d ON d.entry_id = e.seq
    WHERE e.action = 'sending_stopped' OR (e.action = 'sending_resumed' AND d.payload NOT LIKE '%pause_over%')
    ORDER BY e.seq
"""

Query = Callable[[str], list[tuple[Any, ...]]]


class Database:
    """One database by its DATABASE_URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._is_sqlite = url.startswith("sqlite")
        self._connection: psycopg.Connection | None = None
        self.kind = "sqlite" if self._is_sqlite else "postgresql"
        self.fault_target = "database" if self._is_sqlite else "database_away"

    def read_states(self) -> dict[int, str]:
        """Return the state of every transfer, as committed. Raises sqlite3.Error, psycopg.Error."""
        with self._snapshot() as query:
            return {int(number): str(state) for number, state in query(_STATES)}

    def read_board(self) -> tuple[dict[int, str], dict[str, str]]:
        """Return the state of every transfer and of every live call. Raises sqlite3.Error, psycopg.Error."""
        with self._snapshot(keep_connection=True) as query:
            states = {int(number): str(state) for number, state in query(_STATES)}
            return states, {str(call_uuid): str(state) for call_uuid, state in query(_CALLS)}

    def read_rows(self) -> list[TransferRow]:
        """Return every transfer with the states in its audit entries, from one snapshot."""
        with self._snapshot() as query:
            rows, entries = query(_ROWS), query(_STEPS)
        steps: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
        for transfer_id, state, at in entries:
            steps[transfer_id].append((state, _parse_time(at)))
        return [_read_row(row, steps[row[0]]) for row in rows]

    def read_stops(self) -> list[tuple[datetime, datetime]]:
        """Return when sending was stopped because TENIOS had refused the access key: from, until (UTC)."""
        with self._snapshot() as query:
            entries = [(action, _parse_time(at)) for action, at in query(_GATE)]
        stops: list[tuple[datetime, datetime]] = []
        for action, at in entries:
            if action == "sending_stopped":
                stops.append((at, datetime.max.replace(tzinfo=UTC)))
            elif stops:
                stops[-1] = (stops[-1][0], min(at, stops[-1][1]))
        return stops

    @contextmanager
    def _snapshot(self, *, keep_connection: bool = False) -> Iterator[Query]:
        if self._is_sqlite:
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)) as file:
                file.execute("PRAGMA query_only = ON")
                file.execute("BEGIN")
                yield lambda text: file.execute(text).fetchall()
            return
        connection = self._kept_connection() if keep_connection else self._connect()
        with connection.transaction() if keep_connection else connection:
            yield lambda text: connection.execute(text.encode()).fetchall()

    def _kept_connection(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self.url, connect_timeout=3)
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return connection


def _read_row(row: tuple[Any, ...], steps: list[tuple[str, datetime]]) -> TransferRow:
    number, call_uuid, destination, key, state, attempt, requested_at, sent_at, resolved_by = row
    return TransferRow(
        transfer_id=number,
        call_uuid=call_uuid,
        destination=destination,
        request_key=str(key if isinstance(key, UUID) else UUID(key)),
        state=state,
        attempt=attempt,
        requested_at=_parse_time(requested_at),
        sent_at=_parse_time(sent_at) if sent_at else None,
        resolved_by=resolved_by,
        steps=tuple(steps),
    )


def _parse_time(value: str | datetime) -> datetime:
    """Convert a time of either database. SQLite stores text without a zone: it is UTC."""
    time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
