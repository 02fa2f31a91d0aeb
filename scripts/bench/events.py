"""Events of TENIOS as they arrive at /tenios/events/ (docs/tenios-api.md §4.1), and a sender at a constant rate."""

import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

from scripts.bench.client import Client

CALLED_NUMBER = "+492214710100"
EVENTS_OF_A_CALL = ("CALL_START", "BLOCK_END", "INITIATE_FORWARD", "FORWARD_ANSWER", "CALL_END")
SENDERS = 4


def make_event(request_type: str, *, call_uuid: str, event_key: str) -> dict[str, Any]:
    """Return one event of a call."""
    return {
        "requestType": request_type,
        "customerNumber": 200000,
        "accessKey": event_key,
        "variables": {
            "destination_number": CALLED_NUMBER,
            "correlation_id": call_uuid,
            "call_uuid": call_uuid,
            "caller_id_number": "+493023125417",
        },
    }


def endless_events(event_key: str) -> Iterator[dict[str, Any]]:
    """Yield the five events of one new call after the other, without end."""
    while True:
        call_uuid = str(uuid.uuid4())
        for request_type in EVENTS_OF_A_CALL:
            yield make_event(request_type, call_uuid=call_uuid, event_key=event_key)


class SendingAtRate:
    """Sends `rate` events a second for as long as the block runs.

    Several threads send, so that one slow answer does not delay the next event.
    """

    def __init__(self, url: str, event_key: str, *, rate: float) -> None:
        self._url = url
        self._event_key = event_key
        self._pause = SENDERS / rate
        self._stopped = threading.Event()
        self._sent = [0] * SENDERS
        self._threads = [threading.Thread(target=self._send, args=(n,), name="events") for n in range(SENDERS)]

    @property
    def sent(self) -> int:
        """How many events were accepted so far."""
        return sum(self._sent)

    def __enter__(self) -> "SendingAtRate":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        events = endless_events(self._event_key)
        next_at = time.monotonic() + self._pause * number / SENDERS
        with Client(self._url) as tenios:
            while not self._stopped.wait(max(0.0, next_at - time.monotonic())):
                tenios.post_json("/tenios/events/", next(events))
                self._sent[number] += 1
                next_at += self._pause
