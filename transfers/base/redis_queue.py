"""Talks to Redis for those who must not wait for it: they hand over what is to be said, and go on.

One thread of the process does it all in turn, so that a Redis that hangs holds up nobody who has a caller on the line.
After a failure Redis is left alone for a second: what comes meanwhile is skipped at once, and the log counts it.
"""

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""How long Redis is left alone after a failure, and how often what is owed is tried again."""

MOST_WAITING = 500
"""How much may wait for the thread; more is skipped."""

LAST_WORDS_SECONDS = 1.0
"""How long a process that ends waits for what it has handed over."""

Answer = TypeVar("Answer")
Act = Callable[[], object]


class RedisLine:
    """The one thread that talks to Redis, and what waits for it. Starts with the first thing that is handed over."""

    def __init__(self, *, pause_seconds: float = PAUSE_SECONDS, most_waiting: int = MOST_WAITING) -> None:
        self._pause_seconds = pause_seconds
        self._waiting: queue.Queue[tuple[Act, Act]] = queue.Queue(most_waiting)
        self._owed: set[Act] = set()
        self._silent_until = 0.0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_left_alone(self) -> bool:
        """Whether Redis failed just now, so that nothing is tried at present."""
        return time.monotonic() < self._silent_until

    def hand_over(self, act: Act, *, otherwise: Act) -> None:
        """Do `act` soon, once, on the thread; return at once. `otherwise` is called when it was skipped or failed."""
        self._start()
        try:
            self._waiting.put_nowait((act, otherwise))
        except queue.Full:
            otherwise()

    def insist(self, act: Act) -> None:
        """Do `act` as soon as Redis takes it, trying again after each pause; said twice meanwhile, it is done once."""
        self._owed.add(act)
        self.hand_over(_nothing, otherwise=_nothing)  # wakes the thread

    def ask(self, read: Callable[[], Answer], *, seconds: float, default: Answer) -> Answer:
        """Return what `read` returns, or `default` when Redis is left alone, fails, or takes longer than `seconds`."""
        answer: Future[Answer] = Future()
        self.hand_over(lambda: answer.set_result(read()), otherwise=lambda: answer.set_result(default))
        try:
            return answer.result(timeout=seconds)
        except TimeoutError:
            return default

    def drain(self, *, seconds: float) -> bool:
        """Wait until all that was handed over so far is done or skipped; False when that takes too long."""
        if self._thread is None:
            return True
        done = threading.Event()
        try:
            self._waiting.put((done.set, done.set), timeout=seconds)
        except queue.Full:
            return False
        return done.wait(seconds)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # gone in a process that was forked off
                self._thread = threading.Thread(target=self._talk, name="redis", daemon=True)
                self._thread.start()

    def _talk(self) -> None:
        while True:
            try:
                act, otherwise = self._waiting.get(timeout=self._pause_seconds if self._owed else None)
            except queue.Empty:
                pass
            else:
                self._attempt(act, otherwise)
            for owed in list(self._owed):
                self._owed.discard(owed)  # before it is done: what is owed anew from now on is owed again
                self._attempt(owed, partial(self._owed.add, owed))

    def _attempt(self, act: Act, otherwise: Act) -> None:
        if self.is_left_alone:
            otherwise()
            return
        try:
            act()
        except Exception as error:  # whatever Redis does must not end the thread
            self._silent_until = time.monotonic() + self._pause_seconds
            logger.debug("Redis is left alone for %s s: %s", self._pause_seconds, error.__class__.__name__)
            otherwise()


def _nothing() -> None:
    """Wake the thread."""


line = RedisLine()
"""The line of this process."""

atexit.register(lambda: line.drain(seconds=LAST_WORDS_SECONDS))
