"""What a browser gets for a static file: the bytes, the cache headers, and the security headers of every page."""

import asyncio
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from tenios_dashboard.static_files import is_static, make_static_files

HASHED, MODULE, MISSING = "/static/css/base.0123456789ab.css", "/static/js/live.js", "/static/js/missing.js"
CSS, JS = b"body { margin: 0 }" * 20, b"export {}"
YEAR = "max-age=31536000; includeSubDomains; preload"


@pytest.fixture(autouse=True)
def _collected(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "css").mkdir()
    (tmp_path / "js").mkdir()
    (tmp_path / "css" / "base.0123456789ab.css").write_bytes(CSS)
    (tmp_path / "css" / "base.0123456789ab.css.gz").write_bytes(gzip.compress(CSS))
    (tmp_path / "js" / "live.js").write_bytes(JS)
    (tmp_path / "staticfiles.json").write_text("{}")


class Answer:
    """An answer with its body as it was sent, compressed or not."""

    def __init__(self, response: httpx.Response, body: bytes) -> None:
        self.status, self.headers, self.body = response.status_code, response.headers, body


def ask(path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    async def run() -> Answer:
        transport = httpx.ASGITransport(make_static_files())
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
            every_header = {"accept-encoding": "identity", **(headers or {})}
            async with client.stream(method, path, headers=every_header) as response:
                return Answer(response, b"".join([part async for part in response.aiter_raw()]))

    return asyncio.run(run())


def test_a_name_with_a_hash_is_cached_for_good() -> None:
    answer = ask(HASHED)

    assert (answer.status, answer.body) == (200, CSS)
    assert answer.headers["content-type"] == 'text/css; charset="utf-8"'
    assert answer.headers["cache-control"] == "max-age=315360000, public, immutable"


def test_a_name_without_a_hash_is_revalidated_each_time() -> None:
    answer = ask(MODULE)

    assert (answer.status, answer.body) == (200, JS)
    assert answer.headers["content-type"] == 'text/javascript; charset="utf-8"'
    assert answer.headers["cache-control"] == "max-age=0, public"


def test_a_compressed_file_is_sent_if_the_browser_accepts_it() -> None:
    answer = ask(HASHED, headers={"accept-encoding": "gzip, deflate"})

    assert gzip.decompress(answer.body) == CSS
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_head_gets_the_same_headers_without_a_body() -> None:
    answer = ask(MODULE, method="HEAD")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == str(len(JS))


@pytest.mark.parametrize(("asked", "known"), [("if-none-match", "etag"), ("if-modified-since", "last-modified")])
def test_an_unchanged_file_is_not_sent_again(asked: str, known: str) -> None:
    answer = ask(MODULE, headers={asked: ask(MODULE).headers[known]})

    assert (answer.status, answer.body) == (304, b"")
    assert answer.headers["cache-control"] == "max-age=0, public"


# This test may not use the database, so it fails if the session is read.
@pytest.mark.parametrize("path", [MISSING, "/static/", "/static/staticfiles.json", "/static/../settings.py"])
def test_a_missing_file_is_a_short_404_without_a_database_query(path: str) -> None:
    answer = ask(path, headers={"cookie": f"{settings.SESSION_COOKIE_NAME}=a-session"})

    assert (answer.status, answer.body) == (404, b"Not Found")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        (HASHED, "GET", {}, 200),
        (HASHED, "GET", {"accept-encoding": "gzip"}, 200),
        (MODULE, "HEAD", {}, 200),
        (MODULE, "GET", {"range": "bytes=0-3"}, 206),
        (MODULE, "POST", {}, 405),
        (MISSING, "GET", {}, 404),
        (MODULE, "GET", {"if-modified-since": "Mon, 01 Jan 2035 00:00:00 GMT"}, 304),
    ],
)
def test_every_answer_has_the_security_headers_of_a_page(
    client: Client, settings: Settings, path: str, method: str, headers: dict[str, str], status: int
) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    page = client.get("/accounts/login/", secure=True)

    answer = ask(path, method=method, headers=headers)

    names = [
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "referrer-policy",
        "x-frame-options",
        "cross-origin-opener-policy",
    ]
    assert answer.status == status
    assert {name: answer.headers[name] for name in names} == {name: page[name] for name in names}
    assert answer.headers["strict-transport-security"] == YEAR


def test_no_hsts_where_the_settings_send_none(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 0

    assert "strict-transport-security" not in ask(MODULE).headers


@pytest.mark.parametrize(
    ("scope", "is_redirecting", "expected"),
    [
        ({"type": "http", "path": MODULE, "scheme": "https"}, True, True),
        ({"type": "http", "path": MODULE, "scheme": "http"}, True, False),
        ({"type": "http", "path": MODULE, "scheme": "http"}, False, True),
        ({"type": "http", "path": "/transfers/", "scheme": "https"}, True, False),
        ({"type": "websocket", "path": MODULE, "scheme": "wss"}, True, False),
    ],
)
def test_a_request_without_https_is_left_to_django(
    settings: Settings, scope: dict[str, Any], is_redirecting: bool, expected: bool
) -> None:
    settings.SECURE_SSL_REDIRECT = is_redirecting

    assert is_static(scope) == expected


def test_django_redirects_a_static_file_to_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get(MODULE)

    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{MODULE}")
