"""Breaks what surrounds a transfer, one lane for each part, all lanes at once."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.chaos.database import Database
from scripts.chaos.history import Fault, History
from scripts.chaos.schedule import SCHEDULE, Blow, draw_blows
from scripts.chaos.tenios import Gate, Simulator
from scripts.net import wait_until
from scripts.stack import Stack

RECOVERY_SECONDS = 60
_ANSWERS_AFTER = 7.0
_RESTLESS = {"event_duplicate_share": 0.5, "event_reorder_share": 0.3, "event_delay_seconds": 0.5}


class Nemesis:
    """Strikes between `start` and `stop`; after `stop` everything runs again."""

    def __init__(
        self, *, seed: int, stack: Stack, database: Database, simulator: Simulator, gate: Gate, history: History
    ) -> None:
        self._stack = stack
        self._database = database
        self._simulator = simulator
        self._gate = gate
        self._history = history
        self._stopped = threading.Event()
        self._lanes = [
            threading.Thread(
                target=self._run_lane, args=(lane, draw_blows(seed=seed, lane=lane)), name=f"nemesis {lane}"
            )
            for lane in SCHEDULE
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
            if self._stopped.wait(blow.peace):
                return
            started_at = time.monotonic()
            strike = self._strike_of(lane, blow)
            try:
                strike()
            except Exception as error:  # a fault that failed to begin is no fault; the run goes on and says so
                print(f"nemesis: {lane} {blow.kind} failed: {error!r}", flush=True)
                continue
            target = self._database.fault_target if lane == "database" else lane
            self._history.add(Fault(target=target, kind=blow.kind, started_at=started_at, ended_at=time.monotonic()))

    def _strike_of(self, lane: str, blow: Blow) -> Callable[[], None]:
        process = "simulator" if lane == "tenios" else lane
        strikes: dict[str, Callable[[], None]] = {
            "kill": lambda: self._kill(process),
            "freeze": lambda: self._freeze(process, blow.seconds),
            "flush": self._flush,
            "disturb": lambda: self._database.disturb(seconds=blow.seconds, stop=self._stopped),
            "refuse": lambda: self._refuse(blow.seconds),
            "delay": lambda: self._change_for(blow.seconds, {"api_delay_seconds": _ANSWERS_AFTER}),
            "restless posts": lambda: self._change_for(blow.seconds, _RESTLESS),
        }
        return strikes[blow.kind]

    def _kill(self, name: str) -> None:
        """SIGKILL the process with all it started, and wait until the supervisor has brought it back to work."""
        child = self._stack.process(name)
        killed = child.pid
        child.signal_group(signal.SIGKILL)
        if not wait_until(lambda: child.pid != killed and self._is_at_work(name), seconds=RECOVERY_SECONDS):
            print(f"nemesis: {name} did not come back within {RECOVERY_SECONDS} s", flush=True)

    def _freeze(self, name: str, seconds: float) -> None:
        group = self._stack.process(name).pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGSTOP)
        try:
            self._stopped.wait(seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGCONT)

    def _flush(self) -> None:
        with self._redis() as client:
            client.flushall()

    def _refuse(self, seconds: float) -> None:
        self._gate.close()
        try:
            self._stopped.wait(seconds)
        finally:
            self._gate.open()

    def _change_for(self, seconds: float, options: dict[str, float]) -> None:
        self._simulator.change_options(**options)
        try:
            self._stopped.wait(seconds)
        finally:
            self._simulator.change_options(**dict.fromkeys(options, 0.0))
            if "api_delay_seconds" in options:
                time.sleep(_ANSWERS_AFTER)  # what arrived meanwhile is answered only now: the fault lasts as long

    def _is_at_work(self, name: str) -> bool:
        child = self._stack.process(name)
        if name == "redis":
            with contextlib.suppress(redis.RedisError), self._redis() as client:
                return bool(client.ping())
            return False
        sign = {"worker": " ready.", "sweeper": "sweeping"}[name]
        return child.is_running and sign in child.log_since_start()

    def _redis(self) -> redis.Redis:
        url = self._stack.env["REDIS_URL"]
        return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
