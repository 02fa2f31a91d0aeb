"""Sends an answer: whole, cut off, byte by byte, or not at all."""

import socket
import struct
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from .answers import Answer
from .behaviours import Delivery
from .transfer_endpoint import Outgoing


def send_answer(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Send an answer normally."""
    _send_head(handler, answer)
    handler.wfile.write(answer.body)


def deliver(handler: BaseHTTPRequestHandler, outgoing: Outgoing, *, wait: Callable[[float], object]) -> None:
    """Send an answer in the way that was ordered. `wait` sleeps between two bytes when it drips."""
    answer = outgoing.answer
    if outgoing.delivery is Delivery.PLAIN:
        return send_answer(handler, answer)
    handler.close_connection = True
    if outgoing.delivery is Delivery.DROP:
        return _reset_connection(handler.connection)
    _send_head(handler, answer)
    if outgoing.delivery is Delivery.CUT_OFF:
        handler.wfile.write(answer.body[: len(answer.body) // 2])
        return None
    for position in range(len(answer.body)):
        handler.wfile.write(answer.body[position : position + 1])
        if wait(outgoing.drip_seconds):
            return None
    return None


def _send_head(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    handler.send_header("Content-Type", answer.content_type)
    handler.send_header("Content-Length", str(len(answer.body)))
    if handler.close_connection:
        handler.send_header("Connection", "close")
    for name, value in answer.headers:
        handler.send_header(name, value)
    handler.end_headers()


def _reset_connection(connection: socket.socket) -> None:
    """Make the following close a reset (linger time 0) instead of a normal end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
