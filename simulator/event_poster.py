"""Posts events over HTTP as TENIOS does: once, without a retry, with a timeout of four seconds."""

import contextlib
import itertools
import json
import queue
import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

TIMEOUT_SECONDS = 4.0
_SENDERS = 4
_MOST_WAITING = 2000
_MOST_SHOWN = 200


@dataclass
class PostedEvent:
    """One post, without its key. `status`: "waiting", "off", "dropped", an HTTP status, or an error's name."""

    id: int
    at: datetime
    payload: dict[str, Any]
    status: str


class EventPoster:
    """Posts from four threads, so that a slow answer delays only some calls. The posts of one call keep their order."""

    def __init__(self, *, url: str | None) -> None:
        self._url = url
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._shown: deque[PostedEvent] = deque(maxlen=_MOST_SHOWN)
        self._senders = [_Sender(self, f"simulator-posts-{number}") for number in range(_SENDERS)] if url else []
        self._client = _open_client() if url else None
        self.counters: Counter[str] = Counter()

    @property
    def url(self) -> str | None:
        """The address of the receiver; None: posts are not sent."""
        return self._url

    def start(self) -> None:
        """Start posting."""
        for sender in self._senders:
            sender.start()

    def stop(self) -> None:
        """Send no further post. A post that is being sent is not waited for."""
        for sender in self._senders:
            sender.stop()
        if self._client is not None:
            self._client.close()

    def post_event(self, payload: dict[str, Any]) -> None:
        """Enqueue a post. Never blocks and never raises."""
        shown = {name: value for name, value in payload.items() if name != "accessKey"}
        event = PostedEvent(next(self._ids), datetime.now(UTC), shown, "waiting" if self._senders else "off")
        with self._lock:
            self._shown.append(event)
        if self._senders:
            sender = self._senders[hash(payload["variables"].get("call_uuid", "")) % _SENDERS]
            if not sender.add(event, payload):
                self.note(event, "dropped")

    def last(self, count: int) -> list[PostedEvent]:
        """Return the latest posts, newest first."""
        with self._lock:
            return list(itertools.islice(reversed(self._shown), count))

    def send(self, payload: dict[str, Any]) -> str:
        """Send a post now; return the HTTP status or the name of the error."""
        if self._client is None or self._url is None:
            return "off"
        body = json.dumps(payload).encode()
        try:
            answer = self._client.post(self._url, content=body, headers={"Content-Type": "application/json"})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__
        return str(answer.status_code)

    def note(self, event: PostedEvent, status: str) -> None:
        """Record the status of a post."""
        event.status = status
        with self._lock:
            self.counters["delivered" if status.startswith("2") else "failed"] += 1


def _open_client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False)


class _Sender(threading.Thread):
    def __init__(self, poster: EventPoster, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._poster = poster
        self._waiting: queue.Queue[tuple[PostedEvent, dict[str, Any]] | None] = queue.Queue(maxsize=_MOST_WAITING)
        self._is_stopped = False

    def add(self, event: PostedEvent, payload: dict[str, Any]) -> bool:
        try:
            self._waiting.put_nowait((event, payload))
        except queue.Full:
            return False
        return True

    def stop(self) -> None:
        self._is_stopped = True
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        if self.is_alive():
            self.join(timeout=0.2)

    def run(self) -> None:
        while (item := self._waiting.get()) is not None and not self._is_stopped:
            event, payload = item
            self._poster.note(event, self._poster.send(payload))
