"""One POST on a connection of its own, held to a deadline by the wall clock.

httpx bounds each read, not the call: a server that drips a byte now and then holds it for ever (its documentation,
"Timeouts"). The request therefore runs in a thread of its own. The caller waits until the deadline and no longer; then
it cuts the wire, which wakes and ends the thread. This also bounds a name look-up, which no time-out of httpx does.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from typing import cast

import httpx

from ._wire import Wire

_TIMEOUT = httpx.Timeout(connect=3, read=5, write=5, pool=1)
_HEADERS = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "Transferdesk",
}
# At DEBUG it writes down the headers of every answer, and an answer may echo the access key.
logging.getLogger("httpcore").setLevel(logging.INFO)

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came back of one POST, as far as it came.

    `status` is None when no status line arrived; `body` is as on the wire, still encoded; `has_left` is False only if
    surely no byte of the request was sent; `problem` is "" or "connect", "timeout", "network" or "too_large".
    """

    status: int | None
    headers: Mapping[str, str]
    body: bytes
    is_complete: bool
    has_left: bool
    problem: str
    seconds: float


def post_json(
    *, url: str, content: bytes, transport: httpx.BaseTransport | None, deadline_seconds: float, most_bytes: int
) -> Exchange:
    """POST the JSON text and return within the deadline (wall clock, seconds) whatever the other side does.

    Reads at most `most_bytes` of the body. An injected transport cannot be watched, so what is cut off there counts as
    sent. Raises nothing for what the network does.
    """
    started = time.monotonic()
    wire = Wire(has_left=transport is not None)
    progress = _Progress(most_bytes=most_bytes)
    arguments = (url, content, transport, wire)
    thread = threading.Thread(target=progress.run, args=arguments, name="tenios-request", daemon=True)
    thread.start()
    thread.join(deadline_seconds)
    is_late = thread.is_alive()
    has_left = wire.cut() and not isinstance(progress.error, _BEFORE_SENDING)
    return Exchange(
        status=progress.status,
        headers=progress.headers,
        body=b"".join(progress.chunks),
        is_complete=progress.is_complete and not is_late,
        has_left=has_left,
        problem=_problem(progress, is_late=is_late, has_left=has_left),
        seconds=round(time.monotonic() - started, 3),
    )


@dataclass(slots=True)
class _Progress:
    """How far the thread has come; the caller reads it when the deadline has passed."""

    most_bytes: int
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    is_complete: bool = False
    error: Exception | None = None

    def run(self, url: str, content: bytes, transport: httpx.BaseTransport | None, wire: Wire) -> None:
        """Make the request; whatever goes wrong is kept, not raised: nobody stands above a thread to catch it."""
        try:
            client = httpx.Client(
                transport=transport or httpx.HTTPTransport(verify=_tls_context(), trust_env=False, retries=1),
                timeout=_TIMEOUT,
                follow_redirects=False,
                trust_env=False,
            )
            with (
                client,
                client.stream(
                    "POST", url, content=content, headers=_HEADERS, extensions={"trace": wire.trace}
                ) as response,
            ):
                self._receive(response)
        except Exception as error:
            self.error = error

    def _receive(self, response: httpx.Response) -> None:
        self.headers, self.status = response.headers, response.status_code
        # The stream itself, not iter_bytes(): httpx would unpack 64 KiB of gzip to 64 MiB in one step.
        for chunk in cast(httpx.SyncByteStream, response.stream):
            self.chunks.append(chunk[: self.most_bytes])
            if len(chunk) > self.most_bytes:
                return
            self.most_bytes -= len(chunk)
        self.is_complete = True


def _problem(progress: _Progress, *, is_late: bool, has_left: bool) -> str:
    if is_late or isinstance(progress.error, httpx.TimeoutException):
        return "timeout"
    if progress.is_complete:
        return ""
    if progress.error is None:
        return "too_large"
    return "network" if has_left else "connect"


@cache
def _tls_context() -> SSLContext:
    """Return the one set of trusted authorities: reading it takes 30 ms, too long for each transfer."""
    return httpx.create_ssl_context(trust_env=False)
