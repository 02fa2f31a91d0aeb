"""Observes one connection: whether any byte of the request may have been sent, and how to shut it down.

httpcore reports each step through its `trace` extension (its documentation, "Extensions"). Every step outside the
group `connection.` may send bytes, and calls `trace` first. So a request that is cut while it connects was certainly
not sent, and never will be. If httpcore renamed its steps, all would count as sending, which is the safe error:
"unknown" instead of "not sent".
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class WireCut(Exception):
    """The deadline has passed: nothing more may be sent."""


class Wire:
    """One connection of httpcore, observed by `trace` in its thread and cut by another thread."""

    def __init__(self, *, may_be_sent: bool) -> None:
        self._lock = threading.Lock()
        self._may_be_sent = may_be_sent
        self._is_cut = False
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Record a step of httpcore. After `cut`, raises WireCut before a step that would send or connect again."""
        with self._lock:
            is_connecting = event.startswith("connection.")
            if self._is_cut and (not is_connecting or event == "connection.retry.started"):
                raise WireCut
            if not is_connecting:
                self._may_be_sent = True
            elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                self._socket = info["return_value"].get_extra_info("socket")

    def cut(self) -> bool:
        """Prevent any further sending, end a waiting read, and return whether anything may have been sent before."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                with suppress(OSError):
                    # Not SSLSocket.shutdown, which removes the TLS object while the other thread reads.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            return self._may_be_sent
