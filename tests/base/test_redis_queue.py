"""The Redis queue alone; what a hanging or dying Redis does to its users is tested in live/test_publishing.py."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from transfers.base.redis_queue import RedisQueue

GENEROUS = 10.0


class Redis:
    """Records its jobs. May refuse them, or hang until the test frees it."""

    def __init__(self) -> None:
        self.jobs: list[str] = []
        self.is_down = False
        self.is_free = threading.Event()
        self.is_free.set()

    def job(self, name: str) -> Callable[[], None]:
        def run() -> None:
            self.jobs.append(name)
            assert self.is_free.wait(GENEROUS)
            if self.is_down:
                raise ConnectionError

        return run


@pytest.fixture
def redis() -> Iterator[Redis]:
    redis = Redis()
    yield redis
    redis.is_free.set()


@pytest.fixture
def queue() -> RedisQueue:
    return RedisQueue(pause_seconds=0.2, most_waiting=3)


def submit(queue: RedisQueue, redis: Redis, *names: str) -> list[str]:
    """Submit jobs of these names; return a list that receives those that are skipped or fail."""
    skipped: list[str] = []
    for name in names:
        queue.submit(redis.job(name), on_failure=partial(skipped.append, name))
    return skipped


def test_jobs_run_in_order(queue: RedisQueue, redis: Redis) -> None:
    skipped = submit(queue, redis, "one", "two", "three")

    assert not queue.is_paused
    assert queue.drain(seconds=GENEROUS)
    assert (redis.jobs, skipped) == (["one", "two", "three"], [])


def test_submitting_returns_at_once_while_redis_hangs(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()

    submit(queue, redis, "one", "two")

    assert not redis.is_free.is_set()
    assert not queue.drain(seconds=0.05)


def test_asking_a_redis_that_hangs_returns_the_default(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()
    submit(queue, redis, "hangs")

    assert queue.ask(lambda: "answer", seconds=0.05, default="default") == "default"


def test_asking_a_redis_that_answers_returns_the_answer(queue: RedisQueue) -> None:
    assert queue.ask(lambda: "answer", seconds=GENEROUS, default="default") == "answer"


def test_after_a_failure_all_jobs_are_skipped_for_a_while(redis: Redis) -> None:
    queue, redis.is_down = RedisQueue(pause_seconds=GENEROUS), True

    skipped = submit(queue, redis, "fails", "skipped", "skipped too")

    assert queue.drain(seconds=GENEROUS)
    assert redis.jobs == ["fails"]
    assert skipped == ["fails", "skipped", "skipped too"]
    assert queue.is_paused
    assert queue.ask(redis.job("question"), seconds=GENEROUS, default=None) is None
    assert redis.jobs == ["fails"]


def test_after_the_pause_jobs_run_again(queue: RedisQueue, redis: Redis) -> None:
    redis.is_down = True
    submit(queue, redis, "fails")
    assert queue.drain(seconds=GENEROUS)
    redis.is_down = False

    time.sleep(0.25)
    skipped = submit(queue, redis, "works")

    assert queue.drain(seconds=GENEROUS)
    assert (redis.jobs, skipped) == (["fails", "works"], [])


def test_jobs_beyond_the_capacity_are_skipped_at_once(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()
    submit(queue, redis, "hangs")
    while not redis.jobs:
        time.sleep(0.01)

    skipped = submit(queue, redis, "1", "2", "3", "4", "5")

    assert skipped == ["4", "5"]


def test_a_retried_job_runs_until_it_succeeds_and_then_no_more(queue: RedisQueue, redis: Redis) -> None:
    redis.is_down, retried = True, redis.job("retried")

    queue.retry_until_done(retried)
    queue.retry_until_done(retried)
    deadline = time.monotonic() + GENEROUS
    while len(redis.jobs) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    redis.is_down = False
    attempts = len(redis.jobs)
    while len(redis.jobs) == attempts and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)

    assert attempts >= 3
    assert len(redis.jobs) == attempts + 1


def test_a_job_that_is_requested_again_while_it_runs_runs_again(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()
    retried = redis.job("retried")
    queue.retry_until_done(retried)
    while not redis.jobs:
        time.sleep(0.01)

    queue.retry_until_done(retried)
    redis.is_free.set()

    deadline = time.monotonic() + GENEROUS
    while len(redis.jobs) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert redis.jobs == ["retried", "retried"]
