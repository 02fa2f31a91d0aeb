"""The Redis queue alone; what a hanging or dying Redis does to its users is tested in live/test_publishing.py."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from transfers.base.redis_queue import RedisQueue

GENEROUS = 10.0


class Redis:
    """Counts what it is asked; may refuse, or hang until it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_down = False
        self.is_free = threading.Event()
        self.is_free.set()

    def take(self, word: str) -> Callable[[], None]:
        def act() -> None:
            self.asked.append(word)
            assert self.is_free.wait(GENEROUS)
            if self.is_down:
                raise ConnectionError

        return act


@pytest.fixture
def redis() -> Iterator[Redis]:
    redis = Redis()
    yield redis
    redis.is_free.set()


@pytest.fixture
def queue() -> RedisQueue:
    return RedisQueue(pause_seconds=0.2, most_waiting=3)


def say(queue: RedisQueue, redis: Redis, *words: str) -> list[str]:
    """Hand over these words; return the list that takes those which were skipped or failed."""
    skipped: list[str] = []
    for word in words:
        queue.submit(redis.take(word), on_failure=partial(skipped.append, word))
    return skipped


def test_what_is_handed_over_is_done_in_turn(queue: RedisQueue, redis: Redis) -> None:
    skipped = say(queue, redis, "one", "two", "three")

    assert not queue.is_paused
    assert queue.drain(seconds=GENEROUS)
    assert (redis.asked, skipped) == (["one", "two", "three"], [])


def test_who_hands_over_goes_on_while_redis_hangs(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()

    say(queue, redis, "one", "two")

    assert not redis.is_free.is_set()
    assert not queue.drain(seconds=0.05)


def test_a_question_to_a_redis_that_hangs_gets_the_default(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()
    say(queue, redis, "hangs")

    assert queue.ask(lambda: "answer", seconds=0.05, default="default") == "default"


def test_a_question_to_a_redis_that_answers_gets_its_answer(queue: RedisQueue) -> None:
    assert queue.ask(lambda: "answer", seconds=GENEROUS, default="default") == "answer"


def test_after_a_failure_redis_is_asked_nothing_more_for_a_while(redis: Redis) -> None:
    queue, redis.is_down = RedisQueue(pause_seconds=GENEROUS), True

    skipped = say(queue, redis, "fails", "skipped", "skipped too")

    assert queue.drain(seconds=GENEROUS)
    assert redis.asked == ["fails"]
    assert skipped == ["fails", "skipped", "skipped too"]
    assert queue.is_paused
    assert queue.ask(redis.take("question"), seconds=GENEROUS, default=None) is None
    assert redis.asked == ["fails"]


def test_after_the_pause_it_is_asked_again(queue: RedisQueue, redis: Redis) -> None:
    redis.is_down = True
    say(queue, redis, "fails")
    assert queue.drain(seconds=GENEROUS)
    redis.is_down = False

    time.sleep(0.25)
    skipped = say(queue, redis, "works")

    assert queue.drain(seconds=GENEROUS)
    assert (redis.asked, skipped) == (["fails", "works"], [])


def test_more_than_may_wait_is_skipped_at_once(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()
    say(queue, redis, "hangs")
    while not redis.asked:
        time.sleep(0.01)

    skipped = say(queue, redis, "1", "2", "3", "4", "5")

    assert skipped == ["4", "5"]


def test_what_is_owed_is_tried_until_it_is_taken_and_then_no_more(queue: RedisQueue, redis: Redis) -> None:
    redis.is_down, owed = True, redis.take("owed")

    queue.retry_until_done(owed)
    queue.retry_until_done(owed)
    deadline = time.monotonic() + GENEROUS
    while len(redis.asked) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    redis.is_down = False
    tries = len(redis.asked)
    while len(redis.asked) == tries and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)

    assert tries >= 3
    assert len(redis.asked) == tries + 1


def test_what_is_owed_anew_while_it_is_being_said_is_said_again(queue: RedisQueue, redis: Redis) -> None:
    redis.is_free.clear()
    owed = redis.take("owed")
    queue.retry_until_done(owed)
    while not redis.asked:
        time.sleep(0.01)

    queue.retry_until_done(owed)
    redis.is_free.set()

    deadline = time.monotonic() + GENEROUS
    while len(redis.asked) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert redis.asked == ["owed", "owed"]
