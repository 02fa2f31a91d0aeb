"""The simulator from outside: its control interface, and the gate before it that can refuse connections.

The product reaches the simulator through the gate, so that "connection refused" is a real one and the ledger stays.
"""

import contextlib
import itertools
import socket
import threading
from datetime import datetime
from typing import Any

import httpx

from scripts.chaos.evidence import Request
from scripts.net import LOOPBACK, free_port

_CHUNK = 65_536


class Simulator:
    """Starts calls, orders answers and reads the ledger."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def start_call(self, agent: str) -> str:
        """Let a call come in that this agent has answered at once; return its id."""
        return str(self._post("/simulator/calls", {"agent": agent})["call_uuid"])

    def order_transfer(self, **order: Any) -> None:
        """Choose how the next transfer of a call is answered."""
        self._post("/simulator/next-transfer", order)

    def change_options(self, **options: Any) -> None:
        """Change what TENIOS does not document."""
        self._post("/simulator/options", options)

    def hang_up(self, call_uuid: str) -> None:
        """Let the caller hang up; a call may be over by itself."""
        self._http.post(f"/simulator/calls/{call_uuid}/hangup", json={})

    def hang_up_all(self) -> None:
        """End all calls."""
        for call in self._http.get("/simulator/state").raise_for_status().json()["calls"]:
            self.hang_up(call["call_uuid"])

    def has_moved(self, call_uuid: str, destination: str) -> bool:
        """Whether the caller has really been moved to this destination by now."""
        return any(
            request.acted
            for request in self.read_ledger()
            if (request.call_uuid, request.destination) == (call_uuid, destination)
        )

    def read_ledger(self) -> list[Request]:
        """Return every request that arrived, oldest first."""
        lines = self._http.get("/simulator/ledger").raise_for_status().json()["requests"]
        return [_read_line(line) for line in lines]

    def read_legs(self, access_key: str) -> dict[str, bool]:
        """Return of each ended leg, by its uuid, whether it was answered."""
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
        """End the connections."""
        self._http.close()

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return dict(self._http.post(path, json=body).raise_for_status().json())


def _read_line(line: dict[str, Any]) -> Request:
    fields = line["fields"] or {}
    return Request(
        call_uuid=str(fields.get("call_uuid")),
        destination=str(fields.get("destination")),
        behaviour=line["behaviour"],
        acted=line["acted"],
        at=datetime.fromisoformat(line["at"]),
        leg_uuid=line["leg_uuid"],
    )


class Gate:
    """Hands connections on to a port, byte for byte (a reset as an end); closed it refuses new ones."""

    def __init__(self) -> None:
        self._port = free_port()
        self._onward_port = 0
        self._listener: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self._port}"

    def open(self, onward_port: int | None = None) -> None:
        """Listen, and lead to this port from now on (None: as before)."""
        self._onward_port = onward_port or self._onward_port
        self._listener = socket.create_server((LOOPBACK, self._port), backlog=64)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True, name="gate").start()

    def close(self) -> None:
        """Refuse new connections; those that stand go on."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self._listener.close()
            self._listener = None

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _address = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection((LOOPBACK, self._onward_port), timeout=10)
            except OSError:
                _end(near)
                continue
            far.settimeout(None)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_hand_on, args=(source, sink), daemon=True, name="gate-relay").start()


def _hand_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        _end(source)
        _end(sink)


def _end(connection: socket.socket) -> None:
    """End both directions; that also wakes the thread that reads from it. Twice is harmless."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
