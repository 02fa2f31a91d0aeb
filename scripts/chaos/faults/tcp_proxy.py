"""A TCP proxy in front of the simulator that can refuse connections.

The product reaches the simulator through it. So "connection refused" is real, and the simulator keeps its ledger.
"""

import contextlib
import socket
import threading

from scripts.net import LOOPBACK, free_port

_CHUNK = 65_536


class TcpProxy:
    """Forwards connections to a port, byte for byte; a reset becomes a normal end. While closed it refuses new ones."""

    def __init__(self) -> None:
        self._port = free_port()
        self._target_port = 0
        self._listener: socket.socket | None = None

    @property
    def url(self) -> str:
        """The address it listens on."""
        return f"http://{LOOPBACK}:{self._port}"

    def open(self, target_port: int | None = None) -> None:
        """Listen, and forward to this port from now on (None: to the same as before)."""
        self._target_port = target_port or self._target_port
        self._listener = socket.create_server((LOOPBACK, self._port), backlog=64)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True, name="proxy").start()

    def close(self) -> None:
        """Refuse new connections; open ones continue."""
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
                far = socket.create_connection((LOOPBACK, self._target_port), timeout=10)
            except OSError:
                _shut_down(near)
                continue
            far.settimeout(None)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_forward, args=(source, sink), daemon=True, name="proxy-forward").start()


def _forward(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        _shut_down(source)
        _shut_down(sink)


def _shut_down(connection: socket.socket) -> None:
    """End both directions. This wakes the thread that reads from it as well; a second call does nothing."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
