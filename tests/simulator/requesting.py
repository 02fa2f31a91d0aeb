"""Requests to a running simulator: order a behaviour, request a transfer, read the ledger."""

from typing import Any

import httpx

from .conftest import ACCESS_KEY


def order_behaviour(client: httpx.Client, answer: str, **more: Any) -> None:
    assert client.post("/simulator/next-transfer", json={"answer": answer, **more}).status_code == 200


def request_transfer(client: httpx.Client, call_uuid: str) -> httpx.Response:
    fields = {
        "access_key": ACCESS_KEY,
        "call_uuid": call_uuid,
        "destination_type": "SIP_USER",
        "destination": "kessler.m",
    }
    return client.post("/transfer-call", json=fields)


def was_moved(client: httpx.Client) -> bool:
    return bool(client.get("/simulator/ledger").json()["requests"][-1]["acted"])
