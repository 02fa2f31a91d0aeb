"""One connection: whether anything of the request may have left on it, and the means to cut it.

httpcore tells each step by its `trace` extension (its documentation, "Extensions"). Every step outside the group
`connection.` may put bytes on the wire, and asks here first: a request cut while still connecting has surely not left,
and never will. Should httpcore rename its steps, all would count as sending: unknown, never wrongly "not sent".
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class WireCut(Exception):
    """The deadline has passed: nothing more may leave."""


class Wire:
    """One connection: whether anything may have left on it, and the means to cut it."""

    def __init__(self, *, has_left: bool) -> None:
        self._lock = threading.Lock()
        self._has_left = has_left
        self._is_cut = False
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a step of httpcore; raises WireCut before a step that would send, or connect anew, too late."""
        with self._lock:
            is_connecting = event.startswith("connection.")
            if self._is_cut and (not is_connecting or event == "connection.retry.started"):
                raise WireCut
            if not is_connecting:
                self._has_left = True
            elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                self._socket = info["return_value"].get_extra_info("socket")

    def cut(self) -> bool:
        """Let nothing more leave, wake a read that waits, and return whether anything may have left before."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                with suppress(OSError):
                    # Not SSLSocket.shutdown: that one drops the TLS object under the reading thread.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            return self._has_left
