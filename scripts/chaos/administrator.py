"""The administrator: sees that TENIOS refuses the access key, and asks for a check of it, as often as it takes."""

import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from scripts.chaos.history import Click
from scripts.chaos.person import Person

PAGE = "/connection/"
LOOK_SECONDS = 1.0
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="(/connection/[^"]*)"')


@contextmanager
def minding_the_gate(person: Person, *, seed: int) -> Iterator[None]:
    """Look at `/readyz` every second for as long as the block runs, and click a second or two after sending stopped."""
    is_over = threading.Event()
    rng = random.Random(f"administrator {seed}")  # noqa: S311 - repeatable is what it is for
    minding = threading.Thread(target=_mind, args=(person, rng, is_over), name="administrator")
    minding.start()
    try:
        yield
    finally:
        is_over.set()
        minding.join()


def _mind(person: Person, rng: random.Random, is_over: threading.Event) -> None:
    while not is_over.wait(LOOK_SECONDS):
        if _sending_state(person) != "stopped":
            continue
        noticed_at = time.monotonic()
        is_over.wait(rng.uniform(1.0, 2.0))
        form = _FORM.search(person.browser.read(PAGE))
        if form is not None:
            at = time.monotonic()
            person.browser.post(form[1], {}, is_htmx=False)
            person.history.add(Click(at=at, noticed_at=noticed_at, has_helped=_sending_state(person) == "open"))


def _sending_state(person: Person) -> str:
    """Return what `/readyz` says of sending: "open", "paused", "stopped"; "" when it does not answer or cannot tell."""
    try:
        answer = person.browser.fetch("/readyz")
        return str(answer.json()["parts"]["sending"]["state"] or "")
    except (httpx.HTTPError, json.JSONDecodeError, KeyError):
        return ""
