"""Injects faults into all targets at the same time, each target from a thread of its own."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping

from scripts.chaos.faults.actions import FaultActions
from scripts.chaos.faults.schedule import PlannedFault, TargetFaults, draw_faults
from scripts.chaos.history import Fault, History


class FaultInjector:
    """Injects faults between `start` and `stop`; after `stop` everything works again.

    `clock` counts the seconds of the pauses. `database_target` is the name under which faults of the database go into
    the history. `stopped` is the event that ends the fault that `actions` has begun.
    """

    def __init__(
        self,
        *,
        seed: int,
        targets: Mapping[str, TargetFaults],
        actions: FaultActions,
        clock: Callable[[], float],
        database_target: str,
        history: History,
        stopped: threading.Event,
    ) -> None:
        self._actions = actions
        self._clock = clock
        self._database_target = database_target
        self._history = history
        self._stopped = stopped
        self._threads = [
            threading.Thread(
                target=self._run, args=(target, draw_faults(seed=seed, target=target, faults=faults)), name=target
            )
            for target, faults in targets.items()
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the faults that have begun, and wait until they are undone."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, target: str, faults: Iterator[PlannedFault]) -> None:
        for fault in faults:
            if self._pause(fault.pause):
                return
            started_at = time.monotonic()
            try:
                self._actions.inject(target, fault)
            except Exception as error:  # a fault that failed to begin is no fault; the run continues
                print(f"chaos: fault {target} {fault.kind} failed: {error!r}", flush=True)
                continue
            name = self._database_target if target == "database" else target
            self._history.add(Fault(target=name, kind=fault.kind, started_at=started_at, ended_at=time.monotonic()))

    def _pause(self, seconds: float) -> bool:
        """Wait for this long by `clock`. Return whether the injection was stopped."""
        until = self._clock() + seconds
        while self._clock() < until:
            if self._stopped.wait(0.1):
                return True
        return self._stopped.is_set()
