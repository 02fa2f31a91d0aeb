"""SQLite whose writers of one process take turns.

SQLite itself lets a writer sleep and look again, for up to 0.1 s each time and in no order. Among the twenty threads of
a worker the lock then lay free for much of the time (docs/performance.md). Between processes it still does so.
"""

import threading
import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_turn = threading.Lock()
"""Whose transaction of this process may write. Every `atomic` takes it, for it begins IMMEDIATE."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before it waits for the file, for both together no longer than its bound."""

    _has_turn = False
    _bound_seconds: float | None = None

    def bound_waiting(self, seconds: float | None) -> None:
        """Wait for a lock no longer than this from now on; None stands for the bound of the settings."""
        self._bound_seconds = seconds
        self.ensure_connection()
        self._set_busy_timeout(self._most_seconds)

    @property
    def _most_seconds(self) -> float:
        usual: float = self.settings_dict["OPTIONS"]["timeout"]
        return usual if self._bound_seconds is None else self._bound_seconds

    def _set_busy_timeout(self, seconds: float) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {max(1, round(seconds * 1000))}")

    def set_autocommit(self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False) -> None:
        """Begin a transaction when it is this thread's turn, or come back from one. Raises OperationalError."""
        if autocommit or not force_begin_transaction_with_broken_autocommit:
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
            return
        self.ensure_connection()
        until = time.monotonic() + self._most_seconds
        if not _turn.acquire(timeout=self._most_seconds):
            raise OperationalError("database is locked")
        self._has_turn = True
        try:
            self._set_busy_timeout(until - time.monotonic())
            super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
            self._set_busy_timeout(self._most_seconds)
        except BaseException:
            self._end_turn()
            raise

    def commit(self) -> None:
        """Commit; what fails is rolled back by whoever asked, and that ends the turn."""
        super().commit()
        self._end_turn()

    def rollback(self) -> None:
        """Roll back."""
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        """Close, and with it what is open. The next connection begins with the bound of the settings."""
        try:
            super().close()
        finally:
            self._bound_seconds = None
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _turn.release()
