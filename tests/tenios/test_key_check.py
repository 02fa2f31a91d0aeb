"""The check of the access key, by a read that affects no call."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from transfers.tenios import KeyCheck, KeyVerdict, TeniosClient

KEY = "0a0b0c0d-1111-2222-3333-44444444cdef"
NOW = datetime(2026, 4, 11, 9, 0, 30, tzinfo=UTC)
PAGE = b'{"items":[{"uuid":"leg-1","callerid_number":"+4917000000000"}],"page":1,"page_size":1,"total_items":7}'
BAD_CREDENTIALS = b'{"error_code":"BAD_CREDENTIALS","error_message":"Bad credentials","fields":[]}'


def check(handler: Callable[[httpx.Request], httpx.Response]) -> KeyCheck:
    client = TeniosClient(access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(handler))
    return client.check_key(at=NOW)


def test_check_reads_one_call_record_of_the_last_minute() -> None:
    sent: list[httpx.Request] = []

    check(lambda request: sent.append(request) or httpx.Response(200, content=PAGE))  # type: ignore[func-returns-value]

    [request] = sent
    assert (request.method, request.url.path) == ("POST", "/cdrs/retrieve")
    assert json.loads(request.content) == {
        "access_key": KEY,
        "start_date_from": "2026-04-11T08:59:30.000Z",
        "start_date_to": "2026-04-11T09:00:30.000Z",
        "page": 1,
        "page_size": 1,
    }


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, PAGE, KeyVerdict.ACCEPTED),
        (200, b'{"items":[]}', KeyVerdict.ACCEPTED),
        (403, b"", KeyVerdict.REFUSED),
        (401, b"<html>", KeyVerdict.REFUSED),
        (403, BAD_CREDENTIALS, KeyVerdict.REFUSED),
        (400, BAD_CREDENTIALS, KeyVerdict.REFUSED),
        (200, BAD_CREDENTIALS, KeyVerdict.REFUSED),
        (200, b"", KeyVerdict.UNCLEAR),
        (200, b"{}", KeyVerdict.UNCLEAR),
        (200, b'{"items":', KeyVerdict.UNCLEAR),
        (200, b'{"success":true}', KeyVerdict.UNCLEAR),
        (302, PAGE, KeyVerdict.UNCLEAR),
        (400, b'{"error_code":"INVALID_VALUE"}', KeyVerdict.UNCLEAR),
        (404, b"", KeyVerdict.UNCLEAR),
        (429, b"", KeyVerdict.UNCLEAR),
        (500, b"", KeyVerdict.UNCLEAR),
        (200, b'{"items":[],"padding":"' + b"x" * 70_000 + b'"}', KeyVerdict.UNCLEAR),
    ],
)
def test_only_a_page_of_records_proves_that_the_key_is_accepted(status: int, body: bytes, verdict: KeyVerdict) -> None:
    answer = check(lambda _request: httpx.Response(status, content=body))

    assert (answer.verdict, answer.http_status) == (verdict, status)


@pytest.mark.parametrize(
    ("error", "problem"),
    [(httpx.ConnectError, "connect"), (httpx.ReadTimeout, "timeout"), (httpx.ReadError, "network")],
)
def test_missing_answer_proves_nothing_about_the_key(error: type[httpx.TransportError], problem: str) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("failure of the test", request=request)

    answer = check(fail)

    assert answer.verdict is KeyVerdict.UNCLEAR
    assert answer.problem == problem


def test_result_contains_no_number_and_no_key() -> None:
    answer = check(lambda _request: httpx.Response(403, content=PAGE[:-1] + b',"error_code":"%s"}' % KEY.encode()))

    assert KEY not in repr(answer)
    assert "+49" not in repr(answer)


def test_digest_identifies_its_key_and_no_other() -> None:
    client = TeniosClient(access_key=KEY, base_url="https://tenios.test")
    other = TeniosClient(access_key=KEY + "0", base_url="https://tenios.test")

    digest = client.key_digest(secret="s")

    assert digest == TeniosClient(access_key=KEY, base_url="https://elsewhere.test").key_digest(secret="s")
    assert digest not in (other.key_digest(secret="s"), client.key_digest(secret="t"))
    assert len(digest) == 64


@pytest.mark.parametrize(("key", "shown"), [(KEY, "••••cdef"), ("short-key", "••••"), ("", "••••")])
def test_masked_key_shows_at_most_four_characters_of_a_long_key(key: str, shown: str) -> None:
    assert TeniosClient(access_key=key, base_url="https://tenios.test").masked_key == shown
