"""A server on a real loopback socket whose answers a test scripts byte by byte."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Self

Script = Callable[[socket.socket], None]


class RawServer:
    """Accepts connections, reads and stores one HTTP request from each, and runs the script on the connection."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None, reads_request: bool = True) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script, self._tls, self._reads_request = script, tls, reads_request
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_exc: object) -> None:
        for one in [self._listener, *self._open]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _peer = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection:
                if self._reads_request:
                    self.requests.append(read_request(connection))
                self._script(connection)


def read_request(connection: socket.socket) -> bytes:
    """Read the headers, and as many bytes of the body as Content-Length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < sum(lengths):
        body += _receive(connection)
    return head + b"\r\n\r\n" + body


def _receive(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError
    return received


def answer(body: bytes, *, status: str = "200 OK", headers: Iterable[str] = ()) -> Script:
    """Send one complete answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def send(data: bytes) -> Script:
    """Send these bytes and close."""
    return lambda connection: connection.sendall(data)


def drip(first: bytes, rest: bytes, *, every: float) -> Script:
    """Send `first` at once, then one byte of `rest` each `every` seconds."""

    def script(connection: socket.socket) -> None:
        connection.sendall(first)
        for byte in rest:
            time.sleep(every)
            connection.sendall(bytes([byte]))

    return script


def hang(connection: socket.socket) -> None:
    """Send nothing until the client closes the connection."""
    while connection.recv(65536):
        pass
