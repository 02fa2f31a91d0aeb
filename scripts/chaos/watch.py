"""Sees what the database says of each transfer, and when it says so for the first time."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from scripts.chaos.database import Database
from scripts.chaos.history import History

LOOK_SECONDS = 0.2
"""How often it is asked: no time from click to news is more exact than this."""


@contextmanager
def watching_states(database: Database, history: History) -> Iterator[None]:
    """Keep every state in the history, for as long as the block runs."""
    is_over = threading.Event()
    watching = threading.Thread(target=_watch, args=(database, history, is_over), name="states")
    watching.start()
    try:
        yield
    finally:
        is_over.set()
        watching.join()


def _watch(database: Database, history: History, is_over: threading.Event) -> None:
    while not is_over.wait(LOOK_SECONDS):
        try:
            for transfer_id, state in database.read_states().items():
                history.see_state(transfer_id, state)
        except (sqlite3.Error, psycopg.Error):
            continue  # the nemesis has the database; what it shows afterwards is what anybody could have seen
