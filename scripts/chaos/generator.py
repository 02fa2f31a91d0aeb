"""The agents at work: several at once, each on one script after the other."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from scripts.chaos.dealings import Dealings
from scripts.chaos.script import Script

SAY_SECONDS = 15
SECONDS_PER_CALL = 0.4


class Generator:
    """Plays scripts by several agents at once. `skipped` are those that got no call, `seconds` is what all took."""

    def __init__(self, *, agents: Sequence[Dealings], scripts: Sequence[Script]) -> None:
        self._agents = agents
        self._scripts: queue.SimpleQueue[Script] = queue.SimpleQueue()
        for script in scripts:
            self._scripts.put(script)
        self._stopped = threading.Event()
        self.skipped: list[int] = []
        self.seconds = 0.0
        self._started_at = time.monotonic()
        self._ended = itertools.count()
        self._calls_ended = 0

    def calm_seconds(self) -> float:
        """Return how long calls are being played, on a slow machine no more than 0.4 s for each that ended.

        So faults are as many for so many calls wherever a run takes place.
        """
        return min(time.monotonic() - self._started_at, self._calls_ended * SECONDS_PER_CALL)

    def play(self, *, most_seconds: float, say: Callable[[str], None]) -> None:
        """Play all scripts, for so many seconds at most."""
        self._started_at = time.monotonic()
        deadline = self._started_at + most_seconds
        with ThreadPoolExecutor(max_workers=len(self._agents), thread_name_prefix="agent") as pool:
            working = [pool.submit(self._work, agent) for agent in self._agents]
            try:
                while time.monotonic() < deadline and wait(working, timeout=SAY_SECONDS).not_done:
                    say(f"{self._scripts.qsize()} calls still to come")
            finally:
                self._stopped.set()
        self.seconds = time.monotonic() - self._started_at
        for one in working:
            one.result()
        while not self._scripts.empty():
            self.skipped.append(self._scripts.get().number)

    def _work(self, agent: Dealings) -> None:
        while not self._stopped.is_set():
            try:
                script = self._scripts.get_nowait()
            except queue.Empty:
                return
            if agent.play(script):
                self._calls_ended = next(self._ended) + 1
            else:
                self._scripts.put(script)  # no call came to be: its posts were lost. Another one will
