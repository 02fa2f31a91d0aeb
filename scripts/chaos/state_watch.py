"""Reads the states of transfers and calls from the database during the run, and records when each was first stored."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from scripts.chaos.database import Database
from scripts.chaos.history import Fault, History

READ_SECONDS = 0.2
"""How often the database is read: times from click to news are no more exact than this."""

_PULSE_SECONDS = 0.05
_STANDSTILL_SECONDS = 0.5


class LatestStates:
    """The states that were last read.

    Agents wait here for a change before they fetch a page, as a browser waits for the product's stream of updates. What
    the page then shows comes from the product.
    """

    def __init__(self) -> None:
        self._states: dict[int, str] = {}
        self._calls: dict[str, str] = {}
        self._changed = threading.Condition()

    def update(self, states: dict[int, str], calls: dict[str, str]) -> None:
        """Replace the states of transfers and of live calls."""
        with self._changed:
            self._states, self._calls = states, calls
            self._changed.notify_all()

    def state_of(self, transfer_id: int | None) -> str:
        """Return the state of a transfer; "" for an unknown one."""
        return self._states.get(transfer_id or 0, "")

    def call_state(self, call_uuid: str) -> str:
        """Return the state of a live call; "" for an unknown one."""
        return self._calls.get(call_uuid, "")

    def wait_for_change(self, transfer_id: int | None, state: str, *, seconds: float) -> bool:
        """Wait until the transfer has another state than this. Return False if that takes too long."""
        return self.wait_for(lambda: self.state_of(transfer_id) != state, seconds=seconds)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until the condition is true, evaluated after each update. Return False if that takes too long."""
        with self._changed:
            return self._changed.wait_for(condition, timeout=seconds)


@contextmanager
def watching(database: Database, history: History, latest: LatestStates) -> Iterator[None]:
    """Record every state, and every standstill of the machine, for as long as the block runs."""
    stopped = threading.Event()
    threads = [
        threading.Thread(target=_watch_states, args=(database, history, latest, stopped), name="states"),
        threading.Thread(target=_watch_machine, args=(history, stopped), name="pulse"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def _watch_states(database: Database, history: History, latest: LatestStates, stopped: threading.Event) -> None:
    while not stopped.wait(READ_SECONDS):
        try:
            states, calls = database.read_board()
        except (sqlite3.Error, psycopg.Error):
            continue  # a fault of the database: nobody can read it now
        for transfer_id, state in states.items():
            history.add_stored_state(transfer_id, state)
        latest.update(states, calls)


def _watch_machine(history: History, stopped: threading.Event) -> None:
    """Record when this thread itself did not get to run: then no process of this machine need have been on time."""
    last_at = time.monotonic()
    while not stopped.wait(_PULSE_SECONDS):
        now = time.monotonic()
        if now - last_at > _STANDSTILL_SECONDS:
            history.add(Fault(target="machine", kind="stood still", started_at=last_at, ended_at=now))
        last_at = now
