"""Orders: which transfers they apply to, and what happens to answers that take long."""

import socket
import time

import httpx

from simulator.server import Simulator

from .conftest import ACCESS_KEY
from .requesting import order_behaviour, request_transfer


def read_rest(connection: socket.socket) -> bytes:
    try:
        return connection.recv(100)
    except ConnectionResetError:
        return b""


def test_order_applies_to_one_transfer_of_a_running_call(client: httpx.Client, call_uuid: str) -> None:
    order_behaviour(client, "http_500")

    statuses = [
        request_transfer(client, uuid).status_code
        for uuid in ("5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab", call_uuid, call_uuid)
    ]

    assert statuses == [400, 500, 200]


def test_order_for_always_applies_until_it_is_removed(client: httpx.Client, call_uuid: str) -> None:
    order_behaviour(client, "http_500", always=True)
    with_order = [request_transfer(client, call_uuid).status_code for _ in range(2)]

    order_behaviour(client, "normal", always=True)

    assert with_order == [500, 500]
    assert request_transfer(client, call_uuid).status_code == 200


def test_order_for_one_call_does_not_apply_to_others(
    simulator: Simulator, client: httpx.Client, call_uuid: str
) -> None:
    other = simulator.account.start_call(agent="ben").call_uuid
    order_behaviour(client, "http_500", call_uuid=call_uuid)

    assert [request_transfer(client, uuid).status_code for uuid in (other, call_uuid)] == [200, 500]


def test_option_delays_all_answers(simulator: Simulator, client: httpx.Client, call_uuid: str) -> None:
    simulator.account.options.change({"api_delay_seconds": 0.1, "extra_fields": True})
    begin = time.monotonic()

    answer = request_transfer(client, call_uuid).json()

    assert time.monotonic() - begin >= 0.1
    assert (answer["success"], set(answer)) == (True, {"success", "request_id"})


def test_stop_ends_slow_answers_and_open_connections_at_once() -> None:
    simulator = Simulator(access_key=ACCESS_KEY)
    simulator.start()
    host, port = simulator.url.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=3) as connection:
        connection.sendall(b"POST /transfer-call HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        begin = time.monotonic()
        simulator.stop()
        seconds = time.monotonic() - begin
        rest = read_rest(connection)

    assert seconds < 1
    assert rest == b""
