"""Starts calls for an agent until one is connected on the agent's card."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import httpx

from scripts.chaos.simulator import Simulator
from scripts.chaos.state_watch import LatestStates
from scripts.chaos.workload.client import Client
from scripts.net import wait_until

ATTEMPTS = 2
LOST_AFTER_SECONDS = 6.0
"""How long an agent waits for a call to appear. Its event may be lost while database or web process are unavailable."""
CONNECTED_SECONDS = 15.0

Result = TypeVar("Result")


def take_call(client: Client, simulator: Simulator, latest: LatestStates) -> str | None:
    """Return the id of a call that is connected on the agent's card; None when no call arrived."""
    for _attempt in range(ATTEMPTS):
        call_uuid = try_request(partial(simulator.start_call, client.name))
        if call_uuid and _has_arrived(call_uuid, client, latest):
            return call_uuid
        if call_uuid:
            try_request(partial(simulator.hang_up, call_uuid))
    return None


def _has_arrived(call_uuid: str, client: Client, latest: LatestStates) -> bool:
    return (
        latest.wait_for(lambda: latest.call_state(call_uuid) != "", seconds=LOST_AFTER_SECONDS)
        and latest.wait_for(lambda: latest.call_state(call_uuid) == "connected", seconds=CONNECTED_SECONDS)
        and wait_until(partial(client.sees_connected_call, call_uuid), seconds=5, interval=0.5)
    )


def try_request(request: Callable[[], Result]) -> Result | None:
    """Send a request to the simulator; return None when it fails. The simulator may be frozen, or the call over."""
    try:
        return request()
    except httpx.HTTPError:
        return None
