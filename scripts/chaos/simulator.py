"""A client of the simulated TENIOS: starts calls, chooses how transfers are answered, reads the ledger."""

import itertools
from datetime import datetime
from typing import Any

import httpx

from scripts.chaos.final_state import LedgerRequest


class Simulator:
    """The simulator by its address."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def start_call(self, agent: str) -> str:
        """Start a call that this agent has answered at once; return its id."""
        return str(self._post("/simulator/calls", {"agent": agent})["call_uuid"])

    def order_transfer(self, **order: Any) -> None:
        """Choose how the next transfer of a call is answered."""
        self._post("/simulator/next-transfer", order)

    def change_options(self, **options: Any) -> None:
        """Change the simulator's options."""
        self._post("/simulator/options", options)

    def hang_up(self, call_uuid: str) -> None:
        """Hang up as the caller; nothing happens when the call has ended already."""
        self._http.post(f"/simulator/calls/{call_uuid}/hangup", json={})

    def hang_up_all(self) -> None:
        """End all calls."""
        for call in self._http.get("/simulator/state").raise_for_status().json()["calls"]:
            self.hang_up(call["call_uuid"])

    def has_moved(self, call_uuid: str, destination: str) -> bool:
        """Return whether the caller has been moved to this destination by now."""
        return any(
            request.has_moved
            for request in self.read_ledger()
            if (request.call_uuid, request.destination) == (call_uuid, destination)
        )

    def read_ledger(self) -> list[LedgerRequest]:
        """Return every transfer request that arrived, oldest first."""
        entries = self._http.get("/simulator/ledger").raise_for_status().json()["requests"]
        return [_read_entry(entry) for entry in entries]

    def read_legs(self, access_key: str) -> dict[str, bool]:
        """Return for each ended leg, by its uuid, whether it was answered."""
        period = {"start_date_from": "2000-01-01T00:00:00.000Z", "start_date_to": "2100-01-01T00:00:00.000Z"}
        legs: dict[str, bool] = {}
        for page in itertools.count(1):
            fields = {"access_key": access_key, **period, "page": page, "page_size": 1000}
            items = self._post("/cdrs/retrieve", fields)["items"]
            if not items:
                break
            legs |= {str(leg["uuid"]): leg["answer_stamp"] is not None for leg in items}
        return legs

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return dict(self._http.post(path, json=body).raise_for_status().json())


def _read_entry(entry: dict[str, Any]) -> LedgerRequest:
    fields = entry["fields"] or {}
    return LedgerRequest(
        call_uuid=str(fields.get("call_uuid")),
        destination=str(fields.get("destination")),
        behaviour=entry["behaviour"],
        has_moved=entry["acted"],
        at=datetime.fromisoformat(entry["at"]),
        leg_uuid=entry["leg_uuid"],
    )
