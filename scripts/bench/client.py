"""A visitor of a server on loopback: one kept connection, a session, and no more work than the measuring needs."""

import gzip
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

ANSWER_SECONDS = 30
CSRF_TOKEN = "b" * 32
"""Any 32 letters: the cookie and the field have to be the same, that is all."""


class UnexpectedAnswer(Exception):
    """A server answered otherwise than the measuring supposes: its figure would be of something else."""


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds it was there whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def compressed_bytes(self) -> int:
        """Its size as a proxy sends it on: gzip, level 6."""
        return len(self.body if self.headers.get("content-encoding") else gzip.compress(self.body, 6))


class Visitor:
    """Whoever asks; with a `session_key` they are signed in."""

    def __init__(self, url: str, session_key: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=ANSWER_SECONDS)
        self._headers = {"Cookie": f"sessionid={session_key}; csrftoken={CSRF_TOKEN}"} if session_key else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, *, expect: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch a page. Raises UnexpectedAnswer."""
        return self._ask("GET", path, None, headers or {}, expect)

    def post_form(self, path: str, fields: Mapping[str, str], *, expect: int) -> Answer:
        """Post a form with its CSRF token. Raises UnexpectedAnswer."""
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF_TOKEN}).encode()
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, expect)

    def post_json(self, path: str, value: Any, *, expect: int = 200) -> Answer:
        """Post a value as JSON. Raises UnexpectedAnswer."""
        return self._ask("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json"}, expect)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], expect: int) -> Answer:
        started_at = time.perf_counter()
        self._connection.request(method, path, body, {**self._headers, **headers})
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started_at
        if response.status != expect:
            raise UnexpectedAnswer(f"{method} {path.partition('?')[0]}: {response.status} instead of {expect}")
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, seconds)
