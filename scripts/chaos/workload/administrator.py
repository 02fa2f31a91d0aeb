"""The administrator: checks the access key again whenever sending has stopped because TENIOS refused it."""

import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from scripts.chaos.history import KeyCheck
from scripts.chaos.workload.client import Client

PAGE = "/connection/"
READ_SECONDS = 1.0
_FORM = re.compile(r'<form[^>]*method="post"[^>]*action="(/connection/[^"]*)"')


@contextmanager
def administrator_at_work(client: Client, *, seed: int) -> Iterator[None]:
    """Read `/readyz` every second for as long as the block runs; click one or two seconds after sending has stopped."""
    stopped = threading.Event()
    rng = random.Random(f"administrator {seed}")  # noqa: S311 - it must be repeatable
    thread = threading.Thread(target=_work, args=(client, rng, stopped), name="administrator")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _work(client: Client, rng: random.Random, stopped: threading.Event) -> None:
    while not stopped.wait(READ_SECONDS):
        if _sending_state(client) == "stopped":
            noticed_at = time.monotonic()
            stopped.wait(rng.uniform(1.0, 2.0))
            _check_key(client, noticed_at)


def _check_key(client: Client, noticed_at: float) -> None:
    form = _FORM.search(client.session.read(PAGE))
    if form is not None:
        at = time.monotonic()
        client.session.post(form[1], {}, is_htmx=False)
        client.history.add(KeyCheck(at=at, noticed_at=noticed_at, has_helped=_sending_state(client) == "open"))


def _sending_state(client: Client) -> str:
    """Return the state of sending in `/readyz`: "open", "paused", "stopped"; "" when it is not known."""
    try:
        answer = client.session.fetch("/readyz")
        return str(answer.json()["parts"]["sending"]["state"] or "")
    except (httpx.HTTPError, json.JSONDecodeError, KeyError):
        return ""
