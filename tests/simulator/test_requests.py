"""Requests that are odd or hostile: what is true for all methods of TENIOS."""

import json
from typing import Any

import httpx
import pytest

from simulator.server import Simulator

from .conftest import ACCESS_KEY


@pytest.mark.parametrize("path", ["//transfer-call", "/transfer-call/", "/transfer-call?x=1"])
def test_doubled_slashes_reach_the_method(simulator: Simulator, path: str) -> None:
    answer = httpx.post(simulator.url + path, json={"access_key": ACCESS_KEY}, trust_env=False)

    assert answer.json()["error_code"] == "INVALID_JSON"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/transfer-call"),
        ("PUT", "/transfer-call"),
        ("POST", "/transfer"),
        ("POST", "/"),
        ("GET", "/cdrs/count"),
    ],
)
def test_unknown_path_or_method_is_404(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, json={})

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"access_key":NaN}',
        b'{"call_uuid":' + b"9" * 5000 + b"}",
        b'\xff\xfe{"access_key":"x"}',
        b'{"access_key":"\\ud800"}',
    ],
)
def test_hostile_body_is_invalid_json(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/transfer-call", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_JSON")


@pytest.mark.parametrize(
    "changes",
    [{"call_uuid": "\ud800"}, {"call_uuid": {"a": [1]}}, {"destination_type": ["SIP_USER"]}, {"destination": 5}],
)
def test_hostile_values_are_refused_and_the_ledger_can_be_read(
    simulator: Simulator, client: httpx.Client, changes: dict[str, Any]
) -> None:
    call = simulator.account.start_call(agent="ada")
    fields = {
        "access_key": ACCESS_KEY,
        "call_uuid": call.call_uuid,
        "destination_type": "SIP_USER",
        "destination": "ben",
        **changes,
    }

    answer = client.post("/transfer-call", content=json.dumps(fields), headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert client.get("/simulator/ledger").status_code == 200
    assert client.get("/").status_code == 200


def test_body_without_json_type_is_invalid_json(client: httpx.Client) -> None:
    answer = client.post("/transfer-call", content=b"{}", headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_JSON")


def test_too_large_body_is_refused(client: httpx.Client) -> None:
    answer = client.post(
        "/transfer-call", content=b"{" + b" " * 1024 * 1024, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413
