"""The event stream of a busy board ends soon after the right to see it, from a real server."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import httpx
import pytest
import redis

from scripts.net import wait_until
from scripts.stack import Stack
from transfers.live_updates import STREAM
from transfers.views.live_updates import CHECK_SECONDS

pytestmark = pytest.mark.flow

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Person:
    """Somebody who is signed in, without a browser; reads the event stream in a thread."""

    def __init__(self, stack: Stack, username: str) -> None:
        self._http = httpx.Client(base_url=stack.web_url, trust_env=False, timeout=10)
        self.post("/accounts/login/", page="/accounts/login/", login=username, password=stack.password)
        self.heard: list[float] = []
        self.is_leaving = False

    def post(self, path: str, *, page: str = "/transfers/", **fields: str) -> None:
        [token, *_] = TOKEN.findall(self._http.get(page).raise_for_status().text)
        answer = self._http.post(path, data={**fields, "csrfmiddlewaretoken": token})
        assert answer.status_code in (302, 303)

    def read_stream(self) -> None:
        with httpx.stream(
            "GET", self._http.base_url.join("/live/"), cookies=self._http.cookies, trust_env=False
        ) as live:
            for line in live.iter_lines():
                if line.startswith("event: "):
                    self.heard.append(time.monotonic())
                if self.is_leaving:
                    return

    def close(self) -> None:
        self._http.close()


@contextmanager
def busy_board(stack: Stack) -> Iterator[None]:
    """Let something change on the board four times a second."""
    is_over = threading.Event()

    def change() -> None:
        with redis.Redis.from_url(stack.env["REDIS_URL"]) as wire:
            while not is_over.wait(0.25):
                wire.xadd(STREAM, {"call": 0, "users": ""}, maxlen=1000)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@contextmanager
def people(stack: Stack, *usernames: str) -> Iterator[list[Person]]:
    present = [Person(stack, username) for username in usernames]
    try:
        yield present
    finally:
        for person in present:
            person.close()


def test_a_busy_stream_ends_with_the_session_and_with_what_its_reader_may_see(stack: Stack) -> None:
    with people(stack, "sue", "ben", "ada") as (sue, ben, ada), busy_board(stack), ThreadPoolExecutor(3) as threads:
        streams: list[Future[None]] = [threads.submit(person.read_stream) for person in (sue, ben, ada)]
        assert wait_until(lambda: all(len(person.heard) > 3 for person in (sue, ben, ada)), seconds=10)

        changed_at = time.monotonic()
        sue.post("/accounts/logout/", page="/accounts/logout/")
        ben.post("/preferences/", language="en")
        _, still_open = wait(streams[:2], timeout=CHECK_SECONDS + 3)
        ada_heard = len(ada.heard)
        is_ada_there = wait_until(lambda: len(ada.heard) > ada_heard, seconds=3)
        ada.is_leaving = sue.is_leaving = ben.is_leaving = True
        ben.post("/preferences/", language="de")

    assert still_open == set()
    assert is_ada_there
    for person in (sue, ben):
        assert person.heard[-1] - changed_at < CHECK_SECONDS + 2
        assert max(after - before for before, after in zip(person.heard[3:], person.heard[4:], strict=False)) < 5
