"""An HTTP client that costs the machine little: one kept connection, a session, no more."""

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
"""Any 32 letters: Django only compares the cookie with the form field."""


class UnexpectedAnswer(Exception):
    """A server answered with another status than expected: what is measured would be something else."""


@dataclass(frozen=True)
class Answer:
    """An answer, and how many seconds passed until it was complete."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def compressed_bytes(self) -> int:
        """Its size when a proxy compresses it: gzip, level 6."""
        return len(self.body if self.headers.get("content-encoding") else gzip.compress(self.body, 6))


class Client:
    """A client of one server. With a `session_key` it is signed in."""

    def __init__(self, url: str, session_key: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=ANSWER_SECONDS)
        self._headers = {"Cookie": f"sessionid={session_key}; csrftoken={CSRF_TOKEN}"} if session_key else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str, *, expect: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch a page. Raises UnexpectedAnswer."""
        return self._request("GET", path, None, headers or {}, expect)

    def post_form(self, path: str, fields: Mapping[str, str], *, expect: int) -> Answer:
        """Post a form with its CSRF token. Raises UnexpectedAnswer."""
        body = urlencode({**fields, "csrfmiddlewaretoken": CSRF_TOKEN}).encode()
        return self._request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, expect)

    def post_json(self, path: str, value: Any, *, expect: int = 200) -> Answer:
        """Post a value as JSON. Raises UnexpectedAnswer."""
        return self._request("POST", path, json.dumps(value).encode(), {"Content-Type": "application/json"}, expect)

    def _request(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], expect: int) -> Answer:
        started_at = time.perf_counter()
        self._connection.request(method, path, body, {**self._headers, **headers})
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started_at
        if response.status != expect:
            raise UnexpectedAnswer(f"{method} {path.partition('?')[0]}: {response.status} instead of {expect}")
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content, seconds)
