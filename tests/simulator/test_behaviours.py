"""Each behaviour as a client sees it on a real socket, compared with the ledger."""

import json
import time

import httpx
import pytest

from simulator.behaviours import BEHAVIOURS, HUGE_BYTES
from simulator.server import Simulator

from .conftest import ACCESS_KEY
from .requesting import order_behaviour, request_transfer, was_moved

REFUSALS = {
    "invalid_value": (400, "INVALID_VALUE"),
    "invalid_field": (400, "INVALID_FIELD"),
    "invalid_json": (400, "INVALID_JSON"),
    "call_uuid_not_found": (400, "CALL_UUID_NOT_FOUND"),
    "bad_key_403": (403, "BAD_CREDENTIALS"),
    "bad_credentials_400": (400, "BAD_CREDENTIALS"),
    "made_up_code": (400, "CALL_IN_UNEXPECTED_STATE"),
}
PLAIN = {
    "normal": (200, b'{"success":true}', True),
    "unauthorized_401": (401, b"", False),
    "http_404": (404, b'{"error_message":"Not found"}', False),
    "http_429": (429, b"", False),
    "success_false": (200, b'{"success":false}', False),
    "success_string": (200, b'{"success":"true"}', True),
    "accepted_not_acted": (200, b'{"success":true}', False),
    "http_201_acted": (201, b'{"success":true}', True),
    "empty": (200, b"", False),
    "empty_acted": (200, b"", True),
}
PAGES = {
    "redirect_302": (302, False),
    "http_408": (408, False),
    "http_408_acted": (408, True),
    "http_500": (500, False),
    "http_500_acted": (500, True),
    "http_503": (503, False),
}
NOT_JSON = {"garbage": (200, False), "garbage_acted": (200, True), "doubled_brace": (400, False)}
HUGE = {"huge": False, "huge_acted": True}
BROKEN = {"drop": False, "drop_acted": True, "cut_off": False, "cut_off_acted": True, "slow_not_acted": False}
SLOW = {"slow": True, "slow_acts_late": True, "drip": False, "drip_acted": True}


def test_every_behaviour_is_tested_here() -> None:
    assert {*REFUSALS, *PLAIN, *PAGES, *NOT_JSON, *HUGE, *BROKEN, *SLOW} == set(BEHAVIOURS)


@pytest.mark.parametrize("name", REFUSALS)
def test_ordered_refusal_moves_nothing(client: httpx.Client, call_uuid: str, name: str) -> None:
    order_behaviour(client, name)

    answer = request_transfer(client, call_uuid)

    assert (answer.status_code, answer.json()["error_code"]) == REFUSALS[name]
    assert not was_moved(client)


@pytest.mark.parametrize("name", PLAIN)
def test_plain_answer_may_contradict_the_ledger(client: httpx.Client, call_uuid: str, name: str) -> None:
    order_behaviour(client, name, leg="answered")

    answer = request_transfer(client, call_uuid)

    assert (answer.status_code, answer.content, was_moved(client)) == PLAIN[name]


@pytest.mark.parametrize("name", PAGES)
def test_error_page_is_html(client: httpx.Client, call_uuid: str, name: str) -> None:
    order_behaviour(client, name, leg="answered")

    answer = request_transfer(client, call_uuid)

    assert (answer.status_code, was_moved(client)) == PAGES[name]
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.has_redirect_location == (name == "redirect_302")


@pytest.mark.parametrize("name", NOT_JSON)
def test_broken_body_is_not_json(client: httpx.Client, call_uuid: str, name: str) -> None:
    order_behaviour(client, name, leg="answered")

    answer = request_transfer(client, call_uuid)

    assert (answer.status_code, was_moved(client)) == NOT_JSON[name]
    with pytest.raises(ValueError, match=r"Expecting|decode|Extra"):
        json.loads(answer.content)


@pytest.mark.parametrize("name", HUGE)
def test_huge_answer_has_five_mebibytes(client: httpx.Client, call_uuid: str, name: str) -> None:
    order_behaviour(client, name, leg="answered")

    answer = request_transfer(client, call_uuid)

    assert len(answer.content) > HUGE_BYTES
    assert was_moved(client) == HUGE[name]


@pytest.mark.parametrize("name", BROKEN)
def test_broken_connection_is_recorded_in_the_ledger(client: httpx.Client, call_uuid: str, name: str) -> None:
    order_behaviour(client, name, leg="answered", seconds=0.05)

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        request_transfer(client, call_uuid)

    assert was_moved(client) == BROKEN[name]


@pytest.mark.parametrize("name", SLOW)
def test_slow_answer_takes_the_ordered_time(client: httpx.Client, call_uuid: str, name: str) -> None:
    pause = 0.012 if name.startswith("drip") else 0.15
    order_behaviour(client, name, leg="answered", seconds=pause)
    begin = time.monotonic()

    answer = request_transfer(client, call_uuid)

    assert time.monotonic() - begin >= 0.15
    assert answer.json() == {"success": True}
    assert was_moved(client) == SLOW[name]


def test_429_has_a_retry_after(client: httpx.Client, call_uuid: str) -> None:
    order_behaviour(client, "http_429", seconds=7)

    assert request_transfer(client, call_uuid).headers["retry-after"] == "7"


def test_call_is_moved_late_although_the_client_has_disconnected(
    simulator: Simulator, client: httpx.Client, call_uuid: str
) -> None:
    order_behaviour(client, "slow_acts_late", leg="answered", ring_seconds=60, seconds=0.2)
    fields = {
        "access_key": ACCESS_KEY,
        "call_uuid": call_uuid,
        "destination_type": "SIP_USER",
        "destination": "kessler.m",
    }

    with pytest.raises(httpx.ReadTimeout):
        client.post("/transfer-call", json=fields, timeout=0.05)

    deadline = time.monotonic() + 5
    while not was_moved(client) and time.monotonic() < deadline:
        time.sleep(0.02)
    [entry], call = simulator.ledger.last(1), simulator.account.find_call(call_uuid)
    assert entry.acted
    assert call is not None
    assert call.current_leg is not None
    assert (call.current_leg.started_at - entry.at).total_seconds() >= 0.2
