"""The line to Redis by itself; what a Redis that hangs or dies does to it is in test_live_updates."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from transfers.base.redis_queue import RedisLine

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
def line() -> RedisLine:
    return RedisLine(pause_seconds=0.2, most_waiting=3)


def say(line: RedisLine, redis: Redis, *words: str) -> list[str]:
    """Hand over these words; return the list that takes those which were skipped or failed."""
    skipped: list[str] = []
    for word in words:
        line.hand_over(redis.take(word), otherwise=partial(skipped.append, word))
    return skipped


def test_what_is_handed_over_is_done_in_turn(line: RedisLine, redis: Redis) -> None:
    skipped = say(line, redis, "one", "two", "three")

    assert not line.is_left_alone
    assert line.drain(seconds=GENEROUS)
    assert (redis.asked, skipped) == (["one", "two", "three"], [])


def test_who_hands_over_goes_on_while_redis_hangs(line: RedisLine, redis: Redis) -> None:
    redis.is_free.clear()

    say(line, redis, "one", "two")

    assert not redis.is_free.is_set()
    assert not line.drain(seconds=0.05)


def test_a_question_to_a_redis_that_hangs_gets_the_default(line: RedisLine, redis: Redis) -> None:
    redis.is_free.clear()
    say(line, redis, "hangs")

    assert line.ask(lambda: "answer", seconds=0.05, default="default") == "default"


def test_a_question_to_a_redis_that_answers_gets_its_answer(line: RedisLine) -> None:
    assert line.ask(lambda: "answer", seconds=GENEROUS, default="default") == "answer"


def test_after_a_failure_redis_is_asked_nothing_more_for_a_while(redis: Redis) -> None:
    line, redis.is_down = RedisLine(pause_seconds=GENEROUS), True

    skipped = say(line, redis, "fails", "skipped", "skipped too")

    assert line.drain(seconds=GENEROUS)
    assert redis.asked == ["fails"]
    assert skipped == ["fails", "skipped", "skipped too"]
    assert line.is_left_alone
    assert line.ask(redis.take("question"), seconds=GENEROUS, default=None) is None
    assert redis.asked == ["fails"]


def test_after_the_pause_it_is_asked_again(line: RedisLine, redis: Redis) -> None:
    redis.is_down = True
    say(line, redis, "fails")
    assert line.drain(seconds=GENEROUS)
    redis.is_down = False

    time.sleep(0.25)
    skipped = say(line, redis, "works")

    assert line.drain(seconds=GENEROUS)
    assert (redis.asked, skipped) == (["fails", "works"], [])


def test_more_than_may_wait_is_skipped_at_once(line: RedisLine, redis: Redis) -> None:
    redis.is_free.clear()
    say(line, redis, "hangs")
    while not redis.asked:
        time.sleep(0.01)

    skipped = say(line, redis, "1", "2", "3", "4", "5")

    assert skipped == ["4", "5"]


def test_what_is_owed_is_tried_until_it_is_taken_and_then_no_more(line: RedisLine, redis: Redis) -> None:
    redis.is_down, owed = True, redis.take("owed")

    line.insist(owed)
    line.insist(owed)
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


def test_what_is_owed_anew_while_it_is_being_said_is_said_again(line: RedisLine, redis: Redis) -> None:
    redis.is_free.clear()
    owed = redis.take("owed")
    line.insist(owed)
    while not redis.asked:
        time.sleep(0.01)

    line.insist(owed)
    redis.is_free.set()

    deadline = time.monotonic() + GENEROUS
    while len(redis.asked) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert redis.asked == ["owed", "owed"]
