"""Breaks what surrounds a transfer, one lane for each part, all lanes at once."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping

from scripts.chaos.history import Fault, History
from scripts.chaos.schedule import Blow, Lane, draw_blows
from scripts.chaos.strikes import Strikes


class Nemesis:
    """Strikes between `start` and `stop`; after `stop` everything runs again.

    `clock` counts the seconds of peace. `database_target` is the name under which faults of the database go into the
    history; `stopped` is the event that ends what `strikes` goes on with.
    """

    def __init__(
        self,
        *,
        seed: int,
        lanes: Mapping[str, Lane],
        strikes: Strikes,
        clock: Callable[[], float],
        database_target: str,
        history: History,
        stopped: threading.Event,
    ) -> None:
        self._strikes = strikes
        self._clock = clock
        self._database_target = database_target
        self._history = history
        self._stopped = stopped
        self._lanes = [
            threading.Thread(
                target=self._run_lane, args=(lane, draw_blows(seed=seed, lane=lane, faults=faults)), name=lane
            )
            for lane, faults in lanes.items()
        ]

    def start(self) -> None:
        """Begin."""
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """End what goes on, and wait until it is undone."""
        self._stopped.set()
        for lane in self._lanes:
            lane.join()

    def _run_lane(self, lane: str, blows: Iterator[Blow]) -> None:
        for blow in blows:
            if self._keep_peace(blow.peace):
                return
            started_at = time.monotonic()
            try:
                self._strikes.strike(lane, blow)
            except Exception as error:  # a fault that failed to begin is no fault; the run goes on and says so
                print(f"nemesis: {lane} {blow.kind} failed: {error!r}", flush=True)
                continue
            target = self._database_target if lane == "database" else lane
            self._history.add(Fault(target=target, kind=blow.kind, started_at=started_at, ended_at=time.monotonic()))

    def _keep_peace(self, seconds: float) -> bool:
        """Wait for so long by the clock; True when it is all over."""
        until = self._clock() + seconds
        while self._clock() < until:
            if self._stopped.wait(0.1):
                return True
        return self._stopped.is_set()
