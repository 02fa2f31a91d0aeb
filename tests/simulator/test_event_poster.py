"""Posting to a real receiver: what arrives, in which order, and the status of what does not."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from simulator.event_poster import EventPoster
from simulator.server import Simulator

from .conftest import ACCESS_KEY, EVENT_KEY


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/tenios/events/"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        self.send_response(200 if self.path == "/tenios/events/" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


def wait_for_posts(poster: EventPoster, count: int) -> list[str]:
    """Wait until this many posts have a status; return it, oldest first."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        states = [event.status for event in reversed(poster.last(count))]
        if len(states) == count and "waiting" not in states:
            return states
        time.sleep(0.01)
    raise AssertionError("The posts were not dealt with in time.")


def test_posts_of_a_call_arrive_in_order_with_the_key(receiver: Receiver) -> None:
    with Simulator(access_key=ACCESS_KEY, event_key=EVENT_KEY, post_to=receiver.url) as simulator:
        simulator.account.start_call(agent="ada")
        states = wait_for_posts(simulator.poster, 4)

    assert states == ["200"] * 4
    assert [body["requestType"] for body in receiver.bodies] == [
        "CALL_START",
        "BLOCK_END",
        "INITIATE_FORWARD",
        "FORWARD_ANSWER",
    ]
    assert {body["accessKey"] for body in receiver.bodies} == {EVENT_KEY}


def test_refused_posts_are_counted_and_the_call_continues(receiver: Receiver) -> None:
    with Simulator(access_key=ACCESS_KEY, post_to=receiver.url + "elsewhere/") as simulator:
        simulator.account.start_call(agent="ada")
        states = wait_for_posts(simulator.poster, 4)

    assert states == ["404"] * 4
    assert simulator.poster.counters["failed"] == 4


@pytest.mark.parametrize(
    ("url", "status"), [("http://127.0.0.1:9/", "ConnectError"), ("nonsense", "UnsupportedProtocol")]
)
def test_posts_to_an_unreachable_receiver_are_counted_and_the_call_continues(url: str, status: str) -> None:
    with Simulator(access_key=ACCESS_KEY, post_to=url) as simulator:
        call = simulator.account.start_call(agent="ada")
        states = wait_for_posts(simulator.poster, 4)

    assert states == [status] * 4
    assert call.state == "connected"


def test_without_a_receiver_posts_are_only_shown() -> None:
    with Simulator(access_key=ACCESS_KEY) as simulator:
        simulator.account.start_call(agent="ada")

    assert [event.status for event in simulator.poster.last(9)] == ["off"] * 4
