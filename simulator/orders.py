"""What was ordered for the transfers to come: how they are answered, and what the destination does."""

import threading
from dataclasses import dataclass

from .behaviours import BEHAVIOURS, Behaviour

DEFAULT_SECONDS = 5.0


@dataclass(frozen=True)
class NextTransfer:
    """What was ordered for a transfer. `leg` is one of options.LEG_OUTCOMES or None for chance.

    `seconds` is the delay of the slow behaviours, the pause between two bytes of the dripping ones, the Retry-After.
    """

    answer: str = "normal"
    leg: str | None = None
    ring_seconds: float | None = None
    seconds: float | None = None

    @property
    def behaviour(self) -> Behaviour:
        """The behaviour of this name."""
        return BEHAVIOURS[self.answer]


class Orders:
    """What was ordered: for the next transfer, for the next one of a certain call, and for all that have no other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_call: dict[str, NextTransfer] = {}
        self.next: NextTransfer | None = None
        self.always: NextTransfer | None = None

    def order(self, order: NextTransfer, *, is_for_always: bool = False, call_uuid: str | None = None) -> None:
        """Set how a transfer goes. For always, the plain default ends an earlier order for always."""
        with self._lock:
            if is_for_always:
                self.always = None if order == NextTransfer() else order
            elif call_uuid is not None:
                self._by_call[call_uuid] = order
            else:
                self.next = order

    def take(self, call_uuid: str, *, is_running: bool) -> NextTransfer:
        """Return the order for a request; orders for one transfer are used up only by a request for a running call."""
        with self._lock:
            if is_running and call_uuid in self._by_call:
                return self._by_call.pop(call_uuid)
            if is_running and self.next is not None:
                taken, self.next = self.next, None
                return taken
            return self.always or NextTransfer()
