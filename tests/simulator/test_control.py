"""The JSON control interface, through a real socket."""

from typing import Any

import httpx
import pytest


def test_call_can_be_started_seen_and_hung_up(client: httpx.Client) -> None:
    started = client.post("/simulator/calls", json={"caller": "+49 30 23125 100", "agent": "ben"})
    call_uuid = started.json()["call_uuid"]
    seen = client.get("/simulator/state").json()

    ended = client.post(f"/simulator/calls/{call_uuid}/hangup")

    assert seen["calls"][0] == {
        **seen["calls"][0],
        "call_uuid": call_uuid,
        "caller": "+493023125100",
        "agent": "ben",
        "state": "connected",
        "with": "ben",
    }
    assert [event["payload"]["requestType"] for event in reversed(seen["events"])] == [
        "CALL_START",
        "BLOCK_END",
        "INITIATE_FORWARD",
        "FORWARD_ANSWER",
    ]
    assert all("accessKey" not in event["payload"] for event in seen["events"])
    assert ended.status_code == 200
    assert client.get("/simulator/state").json()["calls"] == []


@pytest.mark.parametrize(
    ("path", "data", "word"),
    [
        ("/simulator/calls", {"caller": "somebody"}, "caller"),
        ("/simulator/calls", {"agent": "a" * 81}, "agent"),
        ("/simulator/calls", {"agent": "a\x00b"}, "agent"),
        ("/simulator/calls", {"talk_seconds": "long"}, "talk_seconds"),
        ("/simulator/calls", {"answered": "perhaps"}, "answered"),
        ("/simulator/calls", {"calller": "+493023125100"}, "calller"),
        ("/simulator/calls/5f0c1d2e/hangup", {}, "5f0c1d2e"),
        ("/simulator/next-transfer", {"answer": "explode"}, "answer"),
        ("/simulator/next-transfer", {"leg": "explode"}, "leg"),
        ("/simulator/next-transfer", {"ring_seconds": -1}, "ring_seconds"),
        ("/simulator/traffic", {}, "calls_per_minute"),
        ("/simulator/traffic", {"calls_per_minute": 1e9}, "calls_per_minute"),
        ("/simulator/options", {"failed_transfer": "explode"}, "failed_transfer"),
    ],
)
def test_invalid_order_is_refused_with_the_name_of_the_field(
    client: httpx.Client, path: str, data: dict[str, Any], word: str
) -> None:
    answer = client.post(path, json=data)

    assert answer.status_code == 400
    assert word in answer.json()["error"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"5"])
def test_body_that_is_no_json_object_is_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/simulator/calls", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


def test_pace_and_options_can_be_changed(client: httpx.Client) -> None:
    client.post("/simulator/traffic", json={"calls_per_minute": 0.5})
    client.post("/simulator/options", json={"failed_transfer": "return", "destination_outcomes": {"ben": "busy"}})

    settings = client.get("/simulator/state").json()["settings"]

    assert (settings["calls_per_minute"], settings["failed_transfer"]) == (0.5, "return")
    assert settings["destination_outcomes"] == {"ben": "busy"}


def test_health_page_answers(client: httpx.Client) -> None:
    assert client.get("/healthz").status_code == 200
