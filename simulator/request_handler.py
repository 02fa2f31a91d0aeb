"""One HTTP request: reads it, finds the door it belongs to, sends what comes back."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from django.http import HttpRequest
from django.utils import translation

from . import answers
from .answers import JSON, Answer
from .behaviours import Delivery
from .control_door import ControlDoor, Request
from .delivery import deliver, send_answer
from .http_api import HttpApi
from .transfer_endpoint import TransferEndpoint
from .wire import normalise_path, parse_object

logger = logging.getLogger(__name__)

MOST_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Doors:
    """What stands behind the addresses. `wait` sleeps and returns true at once when the server stops."""

    api: HttpApi
    transfers: TransferEndpoint
    control: ControlDoor
    wait: Callable[[float], bool]


class _UnreadableBody(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestHandler(BaseHTTPRequestHandler):
    """TENIOS' interface for everybody on this machine; page and control only for requests that come from itself."""

    protocol_version = "HTTP/1.1"
    server_version = "simulator"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the acknowledgement of its head
    doors: Doors

    def do_GET(self) -> None:
        """Page, state, ledger, files; TENIOS itself has no GET."""
        self._answer(lambda doors, request: doors.control.get(request))

    def do_POST(self) -> None:
        """TENIOS' methods, control, forms."""
        if normalise_path(self.path) == "/transfer-call":
            self._transfer()
        else:
            self._answer(_post)

    def do_other(self) -> None:
        """Every other HTTP method is unknown everywhere."""
        self.close_connection = True
        send_answer(self, answers.not_found())

    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_other  # noqa: N815  names are the base's

    def log_message(self, format: str, *args: Any) -> None:
        """Log no request: paths and bodies hold numbers."""

    def _transfer(self) -> None:
        try:
            request = self._read_request()
        except _UnreadableBody as error:
            return send_answer(self, answers.answer_json({}, status=error.status))
        outgoing, entry = self.doors.transfers.handle(_read_object(request))
        if outgoing.delivery is not Delivery.DROP:
            entry.status = outgoing.answer.status
        return deliver(self, outgoing, wait=self.doors.wait)

    def _answer(self, door: Callable[[Doors, Request], Answer]) -> None:
        try:
            with translation.override(self._language()):
                answer = door(self.doors, self._read_request())
        except _UnreadableBody as error:
            answer = answers.answer_json({}, status=error.status)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            logger.exception("The simulator could not answer a request.")
            answer = answers.answer_json({}, status=500)
        send_answer(self, answer)

    def _read_request(self) -> Request:
        return Request(
            path=normalise_path(self.path),
            content_type=self.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            host=self.headers.get("Host", ""),
            origin=self.headers.get("Origin"),
            body=self._read_body() if self.command == "POST" else b"",
        )

    def _read_body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise _UnreadableBody(411)
        if int(length[:12]) > MOST_BODY_BYTES:
            self.close_connection = True
            raise _UnreadableBody(413)
        return self.rfile.read(int(length))

    def _language(self) -> str:
        request = HttpRequest()
        request.META["HTTP_ACCEPT_LANGUAGE"] = self.headers.get("Accept-Language", "")
        return translation.get_language_from_request(request)


def bind_handler(doors: Doors) -> type[RequestHandler]:
    """Return the handler for a listener whose requests go to these doors."""
    return type("BoundRequestHandler", (RequestHandler,), {"doors": doors})


def _post(doors: Doors, request: Request) -> Answer:
    if doors.api.has(request.path):
        return doors.api.handle(request.path, _read_object(request))
    return doors.control.post(request)


def _read_object(request: Request) -> dict[str, Any] | None:
    return parse_object(request.body) if request.content_type == JSON else None
