"""How many posts of TENIOS one web process stores in a second, against a bare view that writes one row for each."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scripts.bench.client import Visitor
from scripts.bench.figures import alternate
from scripts.bench.posts import life_of_a_call
from scripts.bench.system import running_system
from scripts.bench.table import Goal, Line
from scripts.bench.wish import Bench

IN_PARALLEL = 8
SENDERS = 4
WARM_UP_SECONDS = 1.0


def intake(bench: Bench) -> list[Line]:
    """Post the whole lives of calls from eight connections."""
    with (
        running_system(like=bench.like, folder=bench.folder) as system,
        system.serving(
            "scripts.bench.bare_django:application", DJANGO_SETTINGS_MODULE="scripts.bench.bare_settings"
        ) as bare,
    ):

        def rate_of(url: str, path: str, seconds: float) -> Callable[[], float]:
            return lambda: _posts_a_second(url, path, system.event_key, seconds)

        for url, path in ((bare.url, "/row"), (system.web.url, "/tenios/events/")):
            rate_of(url, path, WARM_UP_SECONDS)()
        rounds = alternate(
            runs=bench.wish.runs,
            baseline=rate_of(bare.url, "/row", bench.wish.seconds / 2),
            ours=rate_of(system.web.url, "/tenios/events/", bench.wish.seconds / 2),
        )
    baseline, ours = rounds.medians(float)
    return [Line("intake of one web process", "posts/s", ours, baseline, [Goal(0.5, is_least=True)])]


def _posts_a_second(url: str, path: str, event_key: str, seconds: float) -> float:
    until = time.monotonic() + seconds
    started_at = time.monotonic()
    with ThreadPoolExecutor(IN_PARALLEL) as pool:
        sent = sum(pool.map(lambda _number: _post_until(url, path, event_key, until), range(IN_PARALLEL)))
    return sent / (time.monotonic() - started_at)


def _post_until(url: str, path: str, event_key: str, until: float) -> int:
    with Visitor(url) as visitor:
        for count, post in enumerate(endless_posts(event_key)):
            if time.monotonic() >= until:
                return count
            visitor.post_json(path, post)
    return 0


def endless_posts(event_key: str) -> Iterator[dict[str, Any]]:
    """Yield the posts of one call after the other."""
    return itertools.chain.from_iterable(life_of_a_call(event_key) for _call in itertools.count())


class PostingAtRate:
    """Posts so many events a second for as long as the block runs, from threads of its own.

    There are several, so that a post that takes long keeps no other from being sent in its time.
    """

    def __init__(self, url: str, event_key: str, *, rate: float) -> None:
        self._url = url
        self._event_key = event_key
        self._pause = SENDERS / rate
        self._is_over = threading.Event()
        self._sent = [0] * SENDERS
        self._threads = [threading.Thread(target=self._post, args=(n,), name="posting") for n in range(SENDERS)]

    @property
    def sent(self) -> int:
        """How many were taken so far."""
        return sum(self._sent)

    def __enter__(self) -> "PostingAtRate":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _post(self, number: int) -> None:
        posts = endless_posts(self._event_key)
        next_at = time.monotonic() + self._pause * number / SENDERS
        with Visitor(self._url) as visitor:
            while not self._is_over.wait(max(0.0, next_at - time.monotonic())):
                visitor.post_json("/tenios/events/", next(posts))
                self._sent[number] += 1
                next_at += self._pause
