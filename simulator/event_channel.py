"""Disturbs posts as the options say: delays, duplicates, reorders or loses them."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .options import Options
from .scheduling import Scheduler

PostEvent = Callable[[dict[str, Any]], None]

_LONGEST_REORDER_SECONDS = 2.0


@dataclass(eq=False)
class _DelayedPost:
    payload: dict[str, Any]
    is_sent: bool = False


class EventChannel:
    """Passes posts on. A post that is reordered waits for the next post, at most two seconds."""

    def __init__(self, *, scheduler: Scheduler, rng: random.Random, options: Options, post_event: PostEvent) -> None:
        self._scheduler = scheduler
        self._rng = rng
        self._options = options
        self._post_event = post_event
        self._delayed: deque[_DelayedPost] = deque()

    def send(self, payload: dict[str, Any]) -> None:
        """Pass a post on as the options say: at once, later, twice, after the next one, or not at all."""
        if self._is_drawn(self._options.event_lost_share):
            return
        if self._options.event_delay_seconds:
            self._scheduler.call_later(self._options.event_delay_seconds, lambda: self._pass_on(payload))
        else:
            self._pass_on(payload)

    def _pass_on(self, payload: dict[str, Any]) -> None:
        if self._is_drawn(self._options.event_reorder_share):
            delayed = _DelayedPost(payload)
            self._delayed.append(delayed)
            self._scheduler.call_later(_LONGEST_REORDER_SECONDS, lambda: self._release(delayed))
            return
        self._post(payload)
        while self._delayed:
            self._release(self._delayed.popleft())

    def _release(self, delayed: _DelayedPost) -> None:
        if not delayed.is_sent:
            delayed.is_sent = True
            self._post(delayed.payload)

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
    """Return a post in the format of page api-call-posts. Only BLOCK_END has a `blockType`."""
    payload: dict[str, Any] = {
        "requestType": request_type,
        "customerNumber": customer_number,
        "accessKey": access_key,
    }
    if block_type is not None:
        payload["blockType"] = block_type
    return {**payload, "variables": variables}
