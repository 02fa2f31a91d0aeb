"""One HTTP request: reads it, passes it to the endpoint of its path, sends the answer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from django.http import HttpRequest
from django.utils import translation

from . import answers
from .answers import JSON, Answer
from .api_endpoint import ApiEndpoint
from .behaviours import Delivery
from .control_endpoint import ControlEndpoint, Request
from .delivery import deliver, send_answer
from .parsing import normalise_path, parse_object
from .transfer_endpoint import TransferEndpoint

logger = logging.getLogger(__name__)

MOST_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Endpoints:
    """The endpoints by subject. `wait` sleeps; when the server stops, it returns true at once."""

    api: ApiEndpoint
    transfers: TransferEndpoint
    control: ControlEndpoint
    wait: Callable[[float], bool]


class _UnreadableBody(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestHandler(BaseHTTPRequestHandler):
    """TENIOS' methods for every client on this machine; page and control interface only for the page itself."""

    protocol_version = "HTTP/1.1"
    server_version = "simulator"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = True  # otherwise each answer waits 40 ms for the acknowledgement of its headers
    endpoints: Endpoints

    def do_GET(self) -> None:
        """Answer page, state, ledger and files; TENIOS has no method with GET."""
        self._answer(lambda endpoints, request: endpoints.control.get(request))

    def do_POST(self) -> None:
        """Answer TENIOS' methods, the control interface and the forms of the page."""
        if normalise_path(self.path) == "/transfer-call":
            self._transfer()
        else:
            self._answer(_post)

    def do_other(self) -> None:
        """Refuse every other HTTP method."""
        self.close_connection = True
        send_answer(self, answers.not_found())

    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_other  # noqa: N815 - names of the base class

    def log_message(self, format: str, *args: Any) -> None:
        """Log no request: paths and bodies contain phone numbers."""

    def _transfer(self) -> None:
        try:
            request = self._read_request()
        except _UnreadableBody as error:
            return send_answer(self, answers.answer_json({}, status=error.status))
        outgoing, entry = self.endpoints.transfers.handle(_read_object(request))
        if outgoing.delivery is not Delivery.DROP:
            entry.status = outgoing.answer.status
        return deliver(self, outgoing, wait=self.endpoints.wait)

    def _answer(self, endpoint: Callable[[Endpoints, Request], Answer]) -> None:
        try:
            with translation.override(self._language()):
                answer = endpoint(self.endpoints, self._read_request())
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


def bind_handler(endpoints: Endpoints) -> type[RequestHandler]:
    """Return a handler class that passes its requests to these endpoints."""
    return type("BoundRequestHandler", (RequestHandler,), {"endpoints": endpoints})


def _post(endpoints: Endpoints, request: Request) -> Answer:
    if endpoints.api.has(request.path):
        return endpoints.api.handle(request.path, _read_object(request))
    return endpoints.control.post(request)


def _read_object(request: Request) -> dict[str, Any] | None:
    return parse_object(request.body) if request.content_type == JSON else None
