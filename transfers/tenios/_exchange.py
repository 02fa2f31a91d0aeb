"""One POST on a connection of its own, with a deadline by the wall clock.

httpx has a timeout for each read but none for the whole request, so a server that sends a byte now and then blocks it
for ever (its documentation, "Timeouts"). Therefore the request runs in a thread of its own. At the deadline the caller
shuts the connection down, which ends the thread. This also limits a DNS lookup, for which httpx has no timeout.
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
# At DEBUG it logs the headers of every answer, and an answer may echo the access key.
logging.getLogger("httpcore").setLevel(logging.INFO)

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What arrived of the answer to one POST.

    `status` is None if no status line arrived. `body` is still encoded. `may_be_sent` is False only if certainly no
    byte of the request was sent. `problem` is "", "connect", "timeout", "network" or "too_large".
    """

    status: int | None
    headers: Mapping[str, str]
    body: bytes
    is_complete: bool
    may_be_sent: bool
    problem: str
    seconds: float


def post_json(
    *, url: str, content: bytes, transport: httpx.BaseTransport | None, deadline_seconds: float, most_bytes: int
) -> Exchange:
    """POST the JSON text. Return within the deadline (seconds by the wall clock), whatever the server does.

    Reads at most `most_bytes` of the body. Requests on an injected transport count as sent, because its connection
    cannot be observed. Raises nothing for errors of the network.
    """
    started = time.monotonic()
    wire = Wire(may_be_sent=transport is not None)
    progress = _Progress(most_bytes=most_bytes)
    arguments = (url, content, transport, wire)
    thread = threading.Thread(target=progress.run, args=arguments, name="tenios-request", daemon=True)
    thread.start()
    thread.join(deadline_seconds)
    is_late = thread.is_alive()
    may_be_sent = wire.cut() and not isinstance(progress.error, _BEFORE_SENDING)
    return Exchange(
        status=progress.status,
        headers=progress.headers,
        body=b"".join(progress.chunks),
        is_complete=progress.is_complete and not is_late,
        may_be_sent=may_be_sent,
        problem=_problem(progress, is_late=is_late, may_be_sent=may_be_sent),
        seconds=round(time.monotonic() - started, 3),
    )


@dataclass(slots=True)
class _Progress:
    """How far the thread has come. The caller reads it at the deadline."""

    most_bytes: int
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    is_complete: bool = False
    error: Exception | None = None

    def run(self, url: str, content: bytes, transport: httpx.BaseTransport | None, wire: Wire) -> None:
        """Send the request. Errors are stored and not raised, because nobody could catch them in this thread."""
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
        # Not iter_bytes(): httpx would decompress 64 KiB of gzip to 64 MiB in one step.
        for chunk in cast(httpx.SyncByteStream, response.stream):
            self.chunks.append(chunk[: self.most_bytes])
            if len(chunk) > self.most_bytes:
                return
            self.most_bytes -= len(chunk)
        self.is_complete = True


def _problem(progress: _Progress, *, is_late: bool, may_be_sent: bool) -> str:
    if is_late or isinstance(progress.error, httpx.TimeoutException):
        return "timeout"
    if progress.is_complete:
        return ""
    if progress.error is None:
        return "too_large"
    return "network" if may_be_sent else "connect"


@cache
def _tls_context() -> SSLContext:
    """Return the trusted certificate authorities. Cached, because reading them takes 30 ms."""
    return httpx.create_ssl_context(trust_env=False)
