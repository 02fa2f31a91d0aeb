"""How each fault is made, and undone: signals to processes, the database taken away, a TENIOS that misbehaves."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.chaos.database import Database
from scripts.chaos.schedule import Blow
from scripts.chaos.tenios import Gate, Simulator
from scripts.embedded_postgres import PostgresServer
from scripts.net import answers_ok, wait_until
from scripts.stack import Stack
from scripts.stack_parts import kind_of

RECOVERY_SECONDS = 60
_ANSWERS_AFTER = 7.0
_RESTLESS = {"event_duplicate_share": 0.5, "event_reorder_share": 0.3, "event_delay_seconds": 0.5}
_SIGNS = {"worker": " ready.", "sweeper": "sweeping", "beat": "beat: Starting"}
_ENDINGS = {"stop": signal.SIGQUIT, "kill": signal.SIGKILL}
"""PostgreSQL's "immediate shutdown", which takes all its children along, and the death of its main process alone."""


class Strikes:
    """Makes one fault at a time for each lane; a fault ends early when `stopped` is set, and is always undone.

    `server` is PostgreSQL's own, where the run's database lies in one.
    """

    def __init__(
        self,
        *,
        stack: Stack,
        database: Database,
        server: PostgresServer | None,
        simulator: Simulator,
        gate: Gate,
        stopped: threading.Event,
    ) -> None:
        self._stack = stack
        self._database = database
        self._server = server
        self._simulator = simulator
        self._gate = gate
        self._stopped = stopped

    def strike(self, lane: str, blow: Blow) -> None:
        """Make a fault, wait as long as it lasts, undo it, and see that all is at work again."""
        if lane == "database":
            self._strike_database(blow)
        elif lane in ("tenios", "key"):
            self._strike_tenios(blow)
        elif blow.kind == "flush":
            self._flush()
        elif blow.kind == "kill":
            self._kill(lane)
        else:
            self._freeze(lane, blow.seconds)

    def _strike_database(self, blow: Blow) -> None:
        if blow.kind in _ENDINGS and self._server is not None:
            os.kill(self._server.process.pid, _ENDINGS[blow.kind])
            self._stopped.wait(blow.seconds)
            self._server.start_again()
        else:
            self._database.disturb(seconds=blow.seconds, stop=self._stopped)

    def _strike_tenios(self, blow: Blow) -> None:
        strikes: dict[str, Callable[[], None]] = {
            "refuse": lambda: self._refuse(blow.seconds),
            "freeze": lambda: self._freeze("simulator", blow.seconds),
            "delay": lambda: self._delay(blow.seconds),
            "restless posts": lambda: self._change_for(blow.seconds, _RESTLESS, dict.fromkeys(_RESTLESS, 0.0)),
            "refused key": lambda: self._change_for(blow.seconds, {"key_refused": True}, {"key_refused": False}),
        }
        strikes[blow.kind]()

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

    def _delay(self, seconds: float) -> None:
        self._change_for(seconds, {"api_delay_seconds": _ANSWERS_AFTER}, {"api_delay_seconds": 0.0})
        time.sleep(_ANSWERS_AFTER)  # what arrived meanwhile is answered only now: the fault lasts as long

    def _change_for(self, seconds: float, options: dict[str, float], usual: dict[str, float]) -> None:
        self._simulator.change_options(**options)
        try:
            self._stopped.wait(seconds)
        finally:
            self._simulator.change_options(**usual)

    def _is_at_work(self, name: str) -> bool:
        child = self._stack.process(name)
        if name == "redis":
            with contextlib.suppress(redis.RedisError), self._redis() as client:
                return bool(client.ping())
            return False
        if name == "web":
            return answers_ok(f"{self._stack.web_url}/healthz")
        return child.is_running and _SIGNS[kind_of(name)] in child.log_since_start()

    def _redis(self) -> redis.Redis:
        url = self._stack.env["REDIS_URL"]
        return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
