"""The client on real sockets: no second request, no redirect, no delay beyond the deadline, no decompression bomb."""

import gzip
import json
import socket
import ssl
import sys
import threading
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest

from transfers import tenios
from transfers.tenios import TransferAnswer, Verdict

from .raw_server import RawServer, Script, answer, drip, hang, send

KEY = "00000000-1111-2222-3333-444444444444"
CALL_UUID = "5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab"
ACCEPTED = b'{"success": true}'
DEADLINE = 0.4
TOLERANCE = 2.0  # a busy machine; every drip takes far longer


def transfer(url: str, *, deadline_seconds: float = 6.0) -> TransferAnswer:
    client = tenios.TeniosClient(access_key=KEY, base_url=url, deadline_seconds=deadline_seconds)
    return client.transfer_call(call_uuid=CALL_UUID, destination_type="external_number", destination="+4922100000000")


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def no_request_is_running(*, within: float) -> bool:
    """Wait up to `within` seconds for the threads of requests to end."""
    for thread in threading.enumerate():
        if thread.name == "tenios-request":
            thread.join(within)
    return not any(thread.name == "tenios-request" for thread in threading.enumerate())


def test_one_post_with_exactly_four_fields_is_sent() -> None:
    with RawServer(answer(ACCEPTED)) as server:
        result = transfer(server.url)

    assert (result.verdict, result.http_status, result.problem) == (Verdict.ACCEPTED, 200, "")
    assert len(server.requests) == 1
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /transfer-call HTTP/1.1\r\n")
    assert b"\r\ncontent-type: application/json\r\n" in head.lower() + b"\r\n"
    assert json.loads(body) == {
        "access_key": KEY,
        "call_uuid": CALL_UUID,
        "destination_type": "EXTERNALNUMBER",
        "destination": "+4922100000000",
    }


def test_each_transfer_has_a_connection_of_its_own() -> None:
    with RawServer(answer(ACCEPTED)) as server:
        client = tenios.TeniosClient(access_key=KEY, base_url=server.url)
        for _ in range(2):
            client.transfer_call(call_uuid=CALL_UUID, destination_type="sip_user", destination="1001")

    assert server.connections == 2


@pytest.mark.parametrize("url", ["http://no-such-host.invalid", f"http://{'a' * 64}.test"])
def test_request_to_an_unknown_host_is_not_sent(url: str) -> None:
    result = transfer(url, deadline_seconds=2)

    assert (result.verdict, result.http_status) == (Verdict.NOT_SENT, None)
    assert result.problem in ("connect", "timeout")  # the latter where no name server answers


def test_nothing_is_sent_after_a_slow_dns_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    is_found = threading.Event()
    look_up = socket.getaddrinfo

    def look_up_slowly(host: str, *rest: Any, **named: Any) -> Any:
        is_found.wait(5)
        return look_up("127.0.0.1", *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_slowly)
    with RawServer(answer(ACCEPTED)) as server:
        result = transfer(server.url.replace("127.0.0.1", "slow.test"), deadline_seconds=0.2)
        is_found.set()
        is_freed = no_request_is_running(within=5)

    assert (result.verdict, result.problem) == (Verdict.NOT_SENT, "timeout")
    assert result.seconds < 0.2 + TOLERANCE
    assert is_freed
    assert server.requests == []


def test_refused_connection_is_not_sent() -> None:
    result = transfer(closed_port())

    assert (result.verdict, result.http_status, result.problem) == (Verdict.NOT_SENT, None, "connect")


def test_untrusted_certificate_is_not_sent() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "self_signed.pem")

    with RawServer(answer(ACCEPTED), tls=context) as server:
        result = transfer(server.url)

    assert (result.verdict, result.problem) == (Verdict.NOT_SENT, "connect")
    assert server.connections == 2  # the connect alone is repeated, once
    assert server.requests == []


def test_server_without_tls_is_not_sent() -> None:
    with RawServer(send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), reads_request=False) as server:
        result = transfer(server.url.replace("http:", "https:"))

    assert (result.verdict, result.problem) == (Verdict.NOT_SENT, "connect")


def test_deadline_during_the_tls_handshake_is_not_sent() -> None:
    is_over = threading.Event()

    def wait(_connection: socket.socket) -> None:
        is_over.wait(5)

    with RawServer(wait, reads_request=False) as server:
        result = transfer(server.url.replace("http:", "https:"), deadline_seconds=DEADLINE)
        is_over.set()
        is_freed = no_request_is_running(within=5)

    assert (result.verdict, result.problem) == (Verdict.NOT_SENT, "timeout")
    assert DEADLINE <= result.seconds < DEADLINE + TOLERANCE
    assert is_freed
    assert server.connections == 1  # no second try behind the caller's back


@pytest.mark.skipif(sys.platform != "linux", reason="a full backlog holds a connect back on Linux only")
def test_nothing_is_sent_on_a_connection_made_after_the_deadline() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        with socket.create_connection(listener.getsockname()):
            result = transfer(f"http://127.0.0.1:{listener.getsockname()[1]}", deadline_seconds=0.3)
            received: list[bytes | None] = []
            for _ in range(2):  # the one that filled the backlog, then the late one: its SYN is repeated after 1 s
                listener.settimeout(4)
                connection, _peer = listener.accept()
                with connection:
                    connection.settimeout(4)
                    received.append(connection.recv(1) if received else None)

    assert (result.verdict, result.problem) == (Verdict.NOT_SENT, "timeout")
    assert received == [None, b""]
    assert no_request_is_running(within=5)


@pytest.mark.parametrize(
    ("script", "status"),
    [
        pytest.param(hang, None, id="hangs"),
        pytest.param(drip(b"", b"HTTP/1.1 200 OK\r\n" * 4, every=0.2), None, id="status line drips"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a" * 60, every=0.2), None, id="headers drip"),
        pytest.param(
            drip(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + ACCEPTED, b" " * 43, every=0.2),
            200,
            id="body drips",
        ),
        pytest.param(
            drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 9, every=0.2),
            200,
            id="chunks drip",
        ),
        pytest.param(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 9, every=0.02), None, id="continues for ever"),
    ],
)
def test_slow_answer_does_not_delay_beyond_the_deadline(script: Script, status: int | None) -> None:
    with RawServer(script) as server:
        result = transfer(server.url, deadline_seconds=DEADLINE)
        is_freed = no_request_is_running(within=3)

    assert (result.verdict, result.http_status, result.problem) == (Verdict.UNKNOWN, status, "timeout")
    assert DEADLINE <= result.seconds < DEADLINE + TOLERANCE
    assert is_freed
    assert len(server.requests) == 1


def test_refusal_counts_even_if_its_body_never_ends() -> None:
    first = b'HTTP/1.1 400 Bad Request\r\nContent-Length: 90\r\n\r\n{"error_code": "CALL_UUID_NOT_FOUND", "x": "'

    with RawServer(drip(first, b"a" * 40, every=0.2)) as server:
        result = transfer(server.url, deadline_seconds=DEADLINE)

    assert (result.verdict, result.problem) == (Verdict.REJECTED, "timeout")
    assert result.error_code == "CALL_UUID_NOT_FOUND"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"", None, id="closes at once"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", None, id="in the headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n", 200, id="after the headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n" + ACCEPTED, 200, id="one byte short"),
        pytest.param(b"220 smtp.test ready\r\n", None, id="not HTTP"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", None, id="another protocol"),
    ],
)
def test_incomplete_answer_is_unknown(data: bytes, status: int | None) -> None:
    with RawServer(send(data)) as server:
        result = transfer(server.url)

    assert (result.verdict, result.http_status) == (Verdict.UNKNOWN, status)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirect_is_not_followed(status: str) -> None:
    trap = RawServer(answer(ACCEPTED))
    redirect = answer(b"", status=status, headers=[f"Location: {trap.url}/"])
    with trap, RawServer(redirect) as server:
        result = transfer(server.url)

    assert result.verdict is Verdict.UNKNOWN
    assert trap.connections == 0


def test_proxy_and_password_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password something")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with RawServer(answer(b"{}")) as trap, RawServer(answer(ACCEPTED)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, trap.url)
        monkeypatch.setenv("NO_PROXY", "")
        result = transfer(server.url)

    assert result.verdict is Verdict.ACCEPTED
    assert trap.connections == 0
    assert b"authorization" not in server.requests[0].lower()


@pytest.mark.parametrize(
    ("size", "status", "verdict", "problem"),
    [
        (64 * 1024, "200 OK", Verdict.ACCEPTED, ""),
        (64 * 1024 + 1, "200 OK", Verdict.UNKNOWN, "too_large"),
        (8 * 1024 * 1024, "200 OK", Verdict.UNKNOWN, "too_large"),
        (8 * 1024 * 1024, "403 Forbidden", Verdict.REJECTED, "too_large"),
    ],
)
def test_reading_stops_at_64_kib(size: int, status: str, verdict: Verdict, problem: str) -> None:
    with RawServer(answer(ACCEPTED.ljust(size), status=status)) as server:
        result = transfer(server.url)

    assert (result.verdict, result.problem) == (verdict, problem)


@pytest.mark.parametrize(
    ("encoding", "body", "verdict", "problem"),
    [
        ("gzip", gzip.compress(ACCEPTED, mtime=0), Verdict.ACCEPTED, ""),
        ("deflate", zlib.compress(ACCEPTED), Verdict.ACCEPTED, ""),
        ("identity", ACCEPTED, Verdict.ACCEPTED, ""),
        ("gzip", gzip.compress(ACCEPTED, mtime=0)[:-9], Verdict.UNKNOWN, "network"),
        ("gzip", ACCEPTED, Verdict.UNKNOWN, "network"),
        ("br", ACCEPTED[::-1], Verdict.UNKNOWN, ""),
    ],
)
def test_compressed_answer_is_read_or_unknown(encoding: str, body: bytes, verdict: Verdict, problem: str) -> None:
    with RawServer(answer(body, headers=[f"Content-Encoding: {encoding}"])) as server:
        result = transfer(server.url)

    assert (result.verdict, result.problem) == (verdict, problem)


def test_gzip_bomb_is_not_expanded() -> None:
    bomb = gzip.compress(ACCEPTED.ljust(40 * 1024 * 1024))
    assert len(bomb) < 64 * 1024

    with RawServer(answer(bomb, headers=["Content-Encoding: gzip"])) as server:
        tracemalloc.start()
        result = transfer(server.url)
        _now, most_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (result.verdict, result.problem) == (Verdict.UNKNOWN, "too_large")
    assert most_bytes < 5 * 1024 * 1024


def test_echoed_key_is_removed_from_answer_and_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    body = f'{{"error_code":"INVALID_JSON","error_message":"you sent {KEY}"}}'.encode()

    with RawServer(answer(body, status="400 Bad Request", headers=[f"X-Echo: {KEY}"])) as server:
        result = transfer(server.url)

    assert result.error_message == "you sent ••••"
    assert KEY not in str({name: getattr(result, name) for name in result.__slots__})
    assert KEY not in caplog.text


def test_seconds_are_measured_by_the_wall_clock() -> None:
    started = time.monotonic()

    with RawServer(drip(b"", b"HTTP/1.1 500 E\r\n\r\n", every=0.01)) as server:
        result = transfer(server.url)

    assert 0.15 < result.seconds <= time.monotonic() - started
