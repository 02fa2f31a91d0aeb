"""Lets several agents play the scenarios at the same time, each one scenario after the other."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from scripts.chaos.workload.agent import Agent
from scripts.chaos.workload.scenario import Scenario

SAY_SECONDS = 15
SECONDS_PER_CALL = 0.4


class Generator:
    """`skipped` are the numbers of the scenarios that no call was found for; `seconds` is how long all took."""

    def __init__(self, *, agents: Sequence[Agent], scenarios: Sequence[Scenario]) -> None:
        self._agents = agents
        self._scenarios: queue.SimpleQueue[Scenario] = queue.SimpleQueue()
        for scenario in scenarios:
            self._scenarios.put(scenario)
        self._stopped = threading.Event()
        self.skipped: list[int] = []
        self.seconds = 0.0
        self._started_at = time.monotonic()
        self._played = itertools.count(1)
        self._last_played = 0

    def paced_seconds(self) -> float:
        """Return the seconds since the first call, but at most 0.4 s for each call that has ended.

        The pauses between faults are measured by this clock, so that a slow machine has as many faults for each call.
        """
        return min(time.monotonic() - self._started_at, self._last_played * SECONDS_PER_CALL)

    def play(self, *, most_seconds: float, say: Callable[[str], None]) -> None:
        """Play all scenarios, but begin none after `most_seconds`."""
        self._started_at = time.monotonic()
        deadline = self._started_at + most_seconds
        with ThreadPoolExecutor(max_workers=len(self._agents), thread_name_prefix="agent") as pool:
            working = [pool.submit(self._work, agent) for agent in self._agents]
            try:
                while time.monotonic() < deadline and wait(working, timeout=SAY_SECONDS).not_done:
                    say(f"{self._scenarios.qsize()} calls still to come")
            finally:
                self._stopped.set()
        self.seconds = time.monotonic() - self._started_at
        for work in working:
            work.result()  # raises what the agent raised
        while not self._scenarios.empty():
            self.skipped.append(self._scenarios.get().number)

    def _work(self, agent: Agent) -> None:
        while not self._stopped.is_set():
            try:
                scenario = self._scenarios.get_nowait()
            except queue.Empty:
                return
            if agent.play(scenario):
                self._last_played = next(self._played)
            else:
                self._scenarios.put(scenario)  # the events of the call were lost; another call will follow
