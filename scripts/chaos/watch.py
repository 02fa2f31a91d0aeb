"""Sees what the database says of each transfer and call, and when it says so for the first time."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from scripts.chaos.database import Database
from scripts.chaos.history import Fault, History

LOOK_SECONDS = 0.2
"""How often it is asked: no time from click to news is more exact than this."""

_PULSE_SECONDS = 0.05
_STANDSTILL_SECONDS = 0.5


class News:
    """What the database last said. An agent waits for news here before fetching a page, as a browser waits for the
    product's stream of updates; what the page then says is the product's own.
    """

    def __init__(self) -> None:
        self._states: dict[int, str] = {}
        self._calls: dict[str, str] = {}
        self._changed = threading.Condition()

    def tell(self, states: dict[int, str], calls: dict[str, str]) -> None:
        """Take what the database says now: the states of transfers, and of live calls."""
        with self._changed:
            self._states, self._calls = states, calls
            self._changed.notify_all()

    def state_of(self, transfer_id: int | None) -> str:
        """Return the last state told of a transfer; "" for none."""
        return self._states.get(transfer_id or 0, "")

    def call_state(self, call_uuid: str) -> str:
        """Return the last state told of a live call; "" for none."""
        return self._calls.get(call_uuid, "")

    def wait_for_change(self, transfer_id: int | None, state: str, *, seconds: float) -> bool:
        """Wait until the transfer is in another state than this one; False when it is not within `seconds`."""
        return self.wait_for(lambda: self.state_of(transfer_id) != state, seconds=seconds)

    def wait_for(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until the condition holds, asked at each look; False when it did not within `seconds`."""
        with self._changed:
            return self._changed.wait_for(condition, timeout=seconds)


@contextmanager
def watching(database: Database, history: History, news: News) -> Iterator[None]:
    """Keep every state in the history, and every standstill of the machine, for as long as the block runs."""
    is_over = threading.Event()
    threads = [
        threading.Thread(target=_watch, args=(database, history, news, is_over), name="states"),
        threading.Thread(target=_feel_pulse, args=(history, is_over), name="pulse"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _watch(database: Database, history: History, news: News, is_over: threading.Event) -> None:
    while not is_over.wait(LOOK_SECONDS):
        try:
            states, calls = database.read_board()
        except (sqlite3.Error, psycopg.Error):
            continue  # the nemesis has the database; what it shows afterwards is what anybody could have seen
        for transfer_id, state in states.items():
            history.see_state(transfer_id, state)
        news.tell(states, calls)


def _feel_pulse(history: History, is_over: threading.Event) -> None:
    """Note when this process itself did not get to run: then nothing on this machine need have run in time."""
    last_at = time.monotonic()
    while not is_over.wait(_PULSE_SECONDS):
        now = time.monotonic()
        if now - last_at > _STANDSTILL_SECONDS:
            history.add(Fault(target="machine", kind="stood still", started_at=last_at, ended_at=now))
        last_at = now
