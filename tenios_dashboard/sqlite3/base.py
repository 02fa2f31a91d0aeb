"""SQLite with one writer at a time in each process, so that no write is refused because others were faster.

SQLite waits for its lock by sleeping, up to 0.1 s at a time, and serves waiting writers in no order. When all 20
threads of a worker wait, some of their writes, and of the web process's, time out (decision 15).
"""

import threading
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_write_lock = threading.Lock()
"""Locked by the thread of this process that is in a transaction."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for the other threads of the process first, and then for the lock of the file.

    Both waits together take no longer than the `busy_timeout` of the connection.
    """

    _is_writing = False

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction. Raises OperationalError if the wait takes too long."""
        began, limit = time.monotonic(), self._busy_timeout()
        if not _write_lock.acquire(timeout=limit):
            raise OperationalError("database is locked")
        self._is_writing = True
        try:
            self._set_busy_timeout(limit - (time.monotonic() - began))
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs, as those below
            self._set_busy_timeout(limit)
        except BaseException:
            self._end_writing()
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
