"""Sends to Redis from one background thread, so that a Redis that hangs never delays a request.

A request submits a job and continues. The thread runs the jobs in order. After a failure it skips all jobs for one
second (a circuit breaker), because each further attempt would only wait for the same timeout.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import Empty, Full, Queue
from typing import TypeVar

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""How long jobs are skipped after a failure, and the pause between two retries of `retry_until_done`."""

MOST_WAITING = 500
"""The capacity of the queue; jobs beyond it are skipped."""

EXIT_WAIT_SECONDS = 1.0
"""How long a process that exits waits for the jobs it has submitted."""

Answer = TypeVar("Answer")
Job = Callable[[], object]


class RedisQueue:
    """A bounded queue of jobs and the thread that runs them. The thread starts with the first job."""

    def __init__(self, *, pause_seconds: float = PAUSE_SECONDS, most_waiting: int = MOST_WAITING) -> None:
        self._pause_seconds = pause_seconds
        self._waiting: Queue[tuple[Job, Job]] = Queue(most_waiting)
        self._retried: set[Job] = set()
        self._paused_until = 0.0
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_paused(self) -> bool:
        """Whether jobs are skipped now because one has just failed."""
        return time.monotonic() < self._paused_until

    def submit(self, job: Job, *, on_failure: Job) -> None:
        """Run `job` once on the thread, and return at once. `on_failure` is called if the job is skipped or raises."""
        self._start()
        try:
            self._waiting.put_nowait((job, on_failure))
        except Full:
            on_failure()

    def retry_until_done(self, job: Job) -> None:
        """Run `job` until it succeeds, with a pause between attempts. A job that already waits is not added again."""
        self._retried.add(job)
        self.submit(_nothing, on_failure=_nothing)  # wakes the thread

    def ask(self, read: Callable[[], Answer], *, seconds: float, default: Answer) -> Answer:
        """Return the result of `read`, or `default` if it is skipped, raises, or takes longer than `seconds`."""
        answer: Future[Answer] = Future()
        self.submit(lambda: answer.set_result(read()), on_failure=lambda: answer.set_result(default))
        try:
            return answer.result(timeout=seconds)
        except TimeoutError:
            return default

    def drain(self, *, seconds: float) -> bool:
        """Wait until all jobs submitted so far have been run or skipped. Return False if that takes too long."""
        if self._thread is None:
            return True
        done = threading.Event()
        try:
            self._waiting.put((done.set, done.set), timeout=seconds)
        except Full:
            return False
        return done.wait(seconds)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # a forked process has no copy of the thread
                self._thread = threading.Thread(target=self._run, name="redis", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                job, on_failure = self._waiting.get(timeout=self._pause_seconds if self._retried else None)
            except Empty:
                pass
            else:
                self._attempt(job, on_failure)
            for retried in list(self._retried):
                self._retried.discard(retried)  # before the attempt, so that a request during it counts again
                self._attempt(retried, partial(self._retried.add, retried))

    def _attempt(self, job: Job, on_failure: Job) -> None:
        if self.is_paused:
            on_failure()
            return
        try:
            job()
        except Exception as error:  # no error of Redis may end the thread
            self._paused_until = time.monotonic() + self._pause_seconds
            logger.debug("Redis failed (%s); jobs are skipped for %s s", error.__class__.__name__, self._pause_seconds)
            on_failure()


def _nothing() -> None:
    """Wake the thread."""


queue = RedisQueue()
"""The queue of this process."""

atexit.register(lambda: queue.drain(seconds=EXIT_WAIT_SECONDS))
