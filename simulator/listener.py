"""The listening socket and its connections."""

import logging
import socket
import socketserver
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Any

from .request_handler import Doors, bind_handler

logger = logging.getLogger(__name__)


class Listener(ThreadingHTTPServer):
    """Listens, one daemon thread for each connection, and can close all that are open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], doors: Doors) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, bind_handler(doors))

    def server_bind(self) -> None:
        """Bind without asking the name service for this machine's full name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, then serve it on its own thread."""
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Close every connection that is open, whatever its thread is doing."""
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.debug("A connection was already closed.")

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  the signature is the base's
        """Log what went wrong with a connection, unless the other side just left."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            logger.error("A connection of the simulator failed.", exc_info=error)
