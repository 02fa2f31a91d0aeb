"""An actor works on transfers and can be paused in the middle, resumed much later, or killed there.

An actor runs the product's own function in a greenlet, on the one connection to the database. It stops where a real
process may be overtaken: before every step of a transfer that is no part of a larger transaction, after a claim, and
while the answer of TENIOS is on its way. Inside a transaction nobody is overtaken, so there it does not stop.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection
from greenlet import GreenletExit, getcurrent, greenlet

from transfers.lifecycle import states
from transfers.lifecycle.states import Transition
from transfers.models import Transfer

move_transfer = states.move_transfer


class Actor:
    """One action: it can finish, be killed, or stay unfinished for ever."""

    def __init__(self, name: str, act: Callable[[], object]) -> None:
        self._name = name
        self._greenlet = greenlet(act)

    def __repr__(self) -> str:
        return self._name

    @property
    def is_done(self) -> bool:
        """Whether the action has ended."""
        return bool(self._greenlet.dead)

    def go_on(self) -> None:
        """Run until the next stop or the end. Raises what the action raises."""
        self._greenlet.parent = getcurrent()
        self._greenlet.switch()

    def die(self) -> None:
        """Stop for ever, as after SIGKILL."""
        self._greenlet.parent = getcurrent()
        self._greenlet.throw(GreenletExit)


def stop() -> None:
    """Pause until this actor is resumed, so that others can act. Outside of an actor it does nothing."""
    waiting = getcurrent().parent
    if waiting is not None and not connection.savepoint_ids:
        waiting.switch()


def moving_with_stops(steps_taken: Counter[int]) -> Callable[..., Transfer | None]:
    """Return what stands in for `lifecycle.states.move_transfer`: it stops before each step and after a claim, and
    counts for each transfer the steps that were taken.
    """

    def move(transfer_id: int, transition: Transition, **given: Any) -> Transfer | None:
        stop()
        moved = move_transfer(transfer_id, transition, **given)
        steps_taken[transfer_id] += moved is not None
        if moved is not None and transition is states.CLAIM:
            stop()
        return moved

    return move
