"""The way of a post from the world to the receiver: late, twice, out of order or lost where the options say so."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .options import Options
from .scheduling import Scheduler

PostEvent = Callable[[dict[str, Any]], None]

_LONGEST_OVERTAKEN = 2.0


@dataclass(eq=False)
class _HeldPost:
    payload: dict[str, Any]
    is_sent: bool = False


class EventChannel:
    """Hands posts on. A post that is to be overtaken waits for the next one, two seconds at most."""

    def __init__(self, *, scheduler: Scheduler, rng: random.Random, options: Options, post_event: PostEvent) -> None:
        self._scheduler = scheduler
        self._rng = rng
        self._options = options
        self._post_event = post_event
        self._held: deque[_HeldPost] = deque()

    def send(self, payload: dict[str, Any]) -> None:
        """Post `payload` as the options say: at once, later, twice, after its successor, or not at all."""
        if self._is_drawn(self._options.event_lost_share):
            return
        if self._options.event_delay_seconds:
            self._scheduler.call_later(self._options.event_delay_seconds, lambda: self._pass_on(payload))
        else:
            self._pass_on(payload)

    def _pass_on(self, payload: dict[str, Any]) -> None:
        if self._is_drawn(self._options.event_reorder_share):
            held = _HeldPost(payload)
            self._held.append(held)
            self._scheduler.call_later(_LONGEST_OVERTAKEN, lambda: self._release(held))
            return
        self._post(payload)
        while self._held:
            self._release(self._held.popleft())

    def _release(self, held: _HeldPost) -> None:
        if not held.is_sent:
            held.is_sent = True
            self._post(held.payload)

    def _post(self, payload: dict[str, Any]) -> None:
        self._post_event(payload)
        if self._is_drawn(self._options.event_duplicate_share):
            self._post_event(payload)

    def _is_drawn(self, share: float) -> bool:
        return share > 0 and self._rng.random() < share


def build_payload(
    *,
    request_type: str,
    customer_number: int,
    access_key: str,
    variables: dict[str, str],
    block_type: str | None = None,
) -> dict[str, Any]:
    """Return the envelope of page api-call-posts; `blockType` stands in BLOCK_END only."""
    payload: dict[str, Any] = {
        "requestType": request_type,
        "customerNumber": customer_number,
        "accessKey": access_key,
    }
    if block_type is not None:
        payload["blockType"] = block_type
    return {**payload, "variables": variables}
