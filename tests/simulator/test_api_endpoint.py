"""TENIOS' methods except transfers, through a real socket."""

import json
from typing import Any

import httpx
import pytest

from simulator.api_endpoint import ApiEndpoint
from simulator.server import Simulator

from .conftest import ACCESS_KEY, Stage

BAD_KEY = {"error_code": "BAD_CREDENTIALS", "error_message": "Bad credentials", "fields": []}
PERIOD = {
    "access_key": ACCESS_KEY,
    "start_date_from": "2000-01-01T00:00:00.000Z",
    "start_date_to": "2100-01-01T00:00:00.000Z",
}


def required(field: str) -> dict[str, Any]:
    return {
        "error_code": "FIELD_IS_REQUIRED",
        "error_message": f"Parameter '{field}' is required",
        "fields": [field],
    }


def test_option_refuses_the_right_key(simulator: Simulator, client: httpx.Client) -> None:
    simulator.account.options.change({"key_refused": True})

    answer = client.post("/cdrs/count", json=PERIOD)

    assert (answer.status_code, answer.json()) == (403, BAD_KEY)


def test_records_are_read_page_by_page(simulator: Simulator, client: httpx.Client) -> None:
    for _ in range(2):
        simulator.account.hang_up(simulator.account.start_call(agent="ada").call_uuid)

    pages = [
        client.post("/cdrs/retrieve", json={**PERIOD, "page": page, "page_size": "3"}).json() for page in (1, "2", 3)
    ]

    assert [len(page["items"]) for page in pages] == [3, 1, 0]
    assert [(page["page"], page["page_size"], page["total_items"]) for page in pages] == [
        (1, 3, 4),
        (2, 3, 4),
        (3, 3, 4),
    ]
    starts = [item["start_stamp"] for page in pages for item in page["items"]]
    assert starts == sorted(starts)
    assert client.post("/cdrs/count", json=PERIOD).json() == {"total_items": 4}


@pytest.mark.parametrize("begin", ["2026-05-04T09:00:10.0Z", "2026-05-04T19:00:10.000+10:00", "2026-05-04T09:00:10"])
def test_records_are_selected_by_their_start(stage: Stage, begin: str) -> None:
    for _ in range(2):
        stage.account.hang_up(stage.account.start_call(agent="ada").call_uuid)
        stage.clock.advance(10)
    api = ApiEndpoint(account=stage.account, access_key=ACCESS_KEY)

    answer = api.handle(
        "/cdrs/retrieve",
        {"access_key": ACCESS_KEY, "start_date_from": begin, "start_date_to": "2026-05-05T00:00:00Z"},
    )

    starts = {item["start_stamp"] for item in json.loads(answer.body)["items"]}
    assert starts == {"2026-05-04T09:00:10.000Z"}


@pytest.mark.parametrize(
    ("path", "changes", "status", "body"),
    [
        ("/cdrs/retrieve", {"access_key": "wrong"}, 403, BAD_KEY),
        ("/cdrs/retrieve", {"start_date_from": None}, 400, required("start_date_from")),
        (
            "/cdrs/retrieve",
            {"start_date_to": "yesterday"},
            400,
            {
                "success": False,
                "error_code": "INVALID_VALUE",
                "error_message": "Invalid parameter type or format",
                "fields": ["start_date_to"],
            },
        ),
        ("/cloud-pbx/list", {"access_key": "wrong"}, 403, BAD_KEY),
        ("/acd/agent-state/retrieve", {"access_key": "wrong", "email": "ada@example.org"}, 400, BAD_KEY),
        ("/acd/agent-state/retrieve", {}, 400, required("email")),
        ("/acd/agent-state/retrieve", {"email": ""}, 400, required("email")),
        (
            "/acd/agent-state/retrieve",
            {"email": "nobody@example.org"},
            400,
            {"error_code": "AGENT_NOT_FOUND", "error_message": "Agent not found.", "fields": []},
        ),
        (
            "/acd/agent-state/retrieve",
            {"email": "ada@example.org"},
            200,
            {"email": "ada@example.org", "state": "READY"},
        ),
    ],
)
def test_methods_answer_as_documented(
    client: httpx.Client, path: str, changes: dict[str, Any], status: int, body: dict[str, Any]
) -> None:
    answer = client.post(path, json={**PERIOD, **changes})

    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("page_size", [0, -1, "many", True, 10**9])
def test_invalid_page_size_is_refused(client: httpx.Client, page_size: object) -> None:
    answer = client.post("/cdrs/retrieve", json={**PERIOD, "page_size": page_size})

    assert (answer.status_code, answer.json()["fields"]) == (400, ["page_size"])


def test_sip_users_are_listed_without_passwords(client: httpx.Client) -> None:
    answer = client.post("/cloud-pbx/list", json={"access_key": ACCESS_KEY, "page": 1, "page_size": 2}).json()

    assert (answer["success"], answer["page"], answer["page_size"]) == (True, 1, 2)
    assert answer["total_items"] > 2
    assert answer["items"][0] == {
        "user_name": "ada",
        "first_name": "Ada",
        "last_name": "",
        "internal_extension": "",
        "outbound_allowed": False,
        "sip_login_enabled": True,
        "call_history_enabled": True,
        "email": "ada@example.org",
    }


def test_agent_state_can_be_changed(client: httpx.Client) -> None:
    agent = {"access_key": ACCESS_KEY, "email": "ada@example.org"}

    changed = client.post("/acd/agent-state/change", json={**agent, "state": "NOT_READY"})

    assert changed.json() == {"success": True}
    assert client.post("/acd/agent-state/retrieve", json=agent).json()["state"] == "NOT_READY"
