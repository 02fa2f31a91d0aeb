"""SQLite with one writer at a time in each process and short retries, so that no write waits until it is refused.

SQLite waits for its lock by sleeping, up to 0.1 s at a time, and serves waiting writers in no order: who has waited for
long tries least often. When all 20 threads of a worker wait, some of their writes, and of the web process's, time out
(decision 15).
"""

import sqlite3
import threading
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_RETRY_SECONDS = 0.02
"""SQLite tries after 1, 2, 5 and 10 ms in that time. Beginning again and again keeps all processes at that pace."""

_write_lock = threading.Lock()
"""Locked by the thread of this process that is in a transaction, or waits for the file to begin one."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for the other threads of the process first, and then for the lock of the file.

    Both waits together take no longer than the `busy_timeout` of the connection.
    """

    _is_writing = False

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction. Raises OperationalError if the wait takes too long."""
        limit = self._busy_timeout()
        deadline = time.monotonic() + limit
        if not _write_lock.acquire(timeout=limit):
            raise OperationalError("database is locked")
        self._is_writing = True
        try:
            self._set_busy_timeout(_RETRY_SECONDS)
            self._begin_until(deadline)
        except BaseException:
            self._end_writing()
            raise
        finally:
            self._set_busy_timeout(limit)

    def _begin_until(self, deadline: float) -> None:
        while True:
            try:
                super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs, as those below
                return
            except OperationalError as error:
                code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF  # without what extends SQLITE_BUSY
                if code != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                    raise

    def _set_autocommit(self, autocommit: bool) -> None:
        """Return from a transaction. Django calls this before the `on_commit` functions, which may write themselves."""
        try:
            super()._set_autocommit(autocommit)  # type: ignore[misc]
        finally:
            self._end_writing()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_writing()

    def _end_writing(self) -> None:
        if self._is_writing:
            self._is_writing = False
            _write_lock.release()

    def _busy_timeout(self) -> float:
        return float(self.connection.execute("PRAGMA busy_timeout").fetchone()[0]) / 1000

    def _set_busy_timeout(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {max(1, round(seconds * 1000))}")
