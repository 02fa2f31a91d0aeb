"""Orders for the next transfers: how they are answered, and what the destination does."""

import threading
from dataclasses import dataclass

from .behaviours import BEHAVIOURS, Behaviour

DEFAULT_SECONDS = 5.0


@dataclass(frozen=True)
class NextTransfer:
    """An order for one transfer. `answer` names a behaviour; `leg` is one of options.LEG_OUTCOMES, or None for chance.

    `seconds` is the delay of slow behaviours, the pause between two bytes of dripping ones, and the Retry-After.
    """

    answer: str = "normal"
    leg: str | None = None
    ring_seconds: float | None = None
    seconds: float | None = None

    @property
    def behaviour(self) -> Behaviour:
        """The behaviour that `answer` names."""
        return BEHAVIOURS[self.answer]


class Orders:
    """The orders for the next transfer, for the next transfer of a certain call, and for all others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_call: dict[str, NextTransfer] = {}
        self.next: NextTransfer | None = None
        self.always: NextTransfer | None = None

    def order(self, order: NextTransfer, *, is_for_always: bool = False, call_uuid: str | None = None) -> None:
        """Set an order. An order for always that equals the default removes an earlier one."""
        with self._lock:
            if is_for_always:
                self.always = None if order == NextTransfer() else order
            elif call_uuid is not None:
                self._by_call[call_uuid] = order
            else:
                self.next = order

    def take(self, call_uuid: str, *, is_running: bool) -> NextTransfer:
        """Return the order for a request. An order for one transfer is used up only by a request for a running call."""
        with self._lock:
            if is_running and call_uuid in self._by_call:
                return self._by_call.pop(call_uuid)
            if is_running and self.next is not None:
                taken, self.next = self.next, None
                return taken
            return self.always or NextTransfer()
