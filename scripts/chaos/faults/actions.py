"""How each fault is made and undone: signals to processes, an unavailable database, a TENIOS that misbehaves."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scripts.chaos.faults.database_outage import make_unavailable
from scripts.chaos.faults.schedule import PlannedFault
from scripts.chaos.simulator import Simulator
from scripts.chaos.system import System
from scripts.net import answers_ok, wait_until
from scripts.stack.parts import kind_of

RECOVERY_SECONDS = 60
_DELAY_SECONDS = 7.0
_RESTLESS = {"event_duplicate_share": 0.5, "event_reorder_share": 0.3, "event_delay_seconds": 0.5}
_READY_TEXTS = {"worker": " ready.", "sweeper": "sweeping", "beat": "beat: Starting"}
"""What each process logs when it has begun to work."""
_SERVER_SIGNALS = {"stop": signal.SIGQUIT, "kill": signal.SIGKILL}
"""PostgreSQL's "immediate shutdown", which ends all its children, and the death of its main process alone."""


class FaultActions:
    """Makes faults in a system. A fault ends early when `stopped` is set, and is always undone."""

    def __init__(
        self,
        *,
        system: System,
        simulator: Simulator,
        stopped: threading.Event,
    ) -> None:
        self._stack = system.stack
        self._database_url = system.database.url
        self._server = system.server
        self._proxy = system.proxy
        self._simulator = simulator
        self._stopped = stopped

    def inject(self, target: str, fault: PlannedFault) -> None:
        """Make a fault, wait for its duration, undo it, and wait until the target works again."""
        if target == "database":
            self._disturb_database(fault)
        elif target in ("tenios", "key"):
            self._disturb_tenios(fault)
        elif fault.kind == "flush":
            self._flush()
        elif fault.kind == "kill":
            self._kill(target)
        else:
            self._freeze(target, fault.seconds)

    def _disturb_database(self, fault: PlannedFault) -> None:
        if fault.kind in _SERVER_SIGNALS and self._server is not None:
            os.kill(self._server.process.pid, _SERVER_SIGNALS[fault.kind])
            self._stopped.wait(fault.seconds)
            self._server.start_again()
        else:
            make_unavailable(self._database_url, seconds=fault.seconds, stop=self._stopped)

    def _disturb_tenios(self, fault: PlannedFault) -> None:
        actions: dict[str, Callable[[], None]] = {
            "refuse": lambda: self._refuse(fault.seconds),
            "freeze": lambda: self._freeze("simulator", fault.seconds),
            "delay": lambda: self._delay(fault.seconds),
            "restless posts": lambda: self._change_for(fault.seconds, _RESTLESS, dict.fromkeys(_RESTLESS, 0.0)),
            "refused key": lambda: self._change_for(fault.seconds, {"key_refused": True}, {"key_refused": False}),
        }
        actions[fault.kind]()

    def _kill(self, name: str) -> None:
        """SIGKILL the process and all it started; wait until the supervisor has started it again and it works."""
        child = self._stack.process(name)
        killed = child.pid
        child.signal_group(signal.SIGKILL)
        if not wait_until(lambda: child.pid != killed and self._works(name), seconds=RECOVERY_SECONDS):
            print(f"chaos: {name} did not come back within {RECOVERY_SECONDS} s", flush=True)

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
        with self._connect_redis() as client:
            client.flushall()

    def _refuse(self, seconds: float) -> None:
        self._proxy.close()
        try:
            self._stopped.wait(seconds)
        finally:
            self._proxy.open()

    def _delay(self, seconds: float) -> None:
        self._change_for(seconds, {"api_delay_seconds": _DELAY_SECONDS}, {"api_delay_seconds": 0.0})
        time.sleep(_DELAY_SECONDS)  # until the last delayed request is answered: only then is the fault over

    def _change_for(self, seconds: float, options: dict[str, float], normal: dict[str, float]) -> None:
        self._simulator.change_options(**options)
        try:
            self._stopped.wait(seconds)
        finally:
            self._simulator.change_options(**normal)

    def _works(self, name: str) -> bool:
        child = self._stack.process(name)
        if name == "redis":
            with contextlib.suppress(redis.RedisError), self._connect_redis() as client:
                return bool(client.ping())
            return False
        if name == "web":
            return answers_ok(f"{self._stack.web_url}/healthz")
        return child.is_running and _READY_TEXTS[kind_of(name)] in child.log_since_start()

    def _connect_redis(self) -> redis.Redis:
        url = self._stack.env["REDIS_URL"]
        return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
