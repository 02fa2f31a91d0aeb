"""The class `Stack`: decides what runs and with which settings, starts it, watches it, and ends it."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from scripts.child_process import ChildProcess
from scripts.embedded_redis import EmbeddedRedis
from scripts.stack.environment import build_environment, load_or_make_secrets, loopback_settings
from scripts.stack.parts import Addresses
from scripts.stack.processes import Processes
from scripts.stack.supervisor import Supervisor

ALL_PROCESSES = ("web", "worker", "sweeper", "beat", "simulator")


def say_nothing(_message: str) -> None:
    """Ignore a progress message."""


class Stack:
    """A system that is started and ended as one.

    - var_dir: the folder for database, logs and secrets; a second start with the same folder keeps them.
    - web_port: 0 is any free port.
    - database_url, redis_url: servers that are running already; without, SQLite and an embedded Redis.
    - processes: some of ALL_PROCESSES; `worker.2` beside `worker` is a second worker.
    - calls_per_minute, simulator_args: the simulator's traffic (0: no call begins by itself), and its other arguments.
    - extra_env: settings that win over all others.
    - use_environment: whether the settings in this process's environment apply. If they name a TENIOS, no simulator
      starts. Otherwise they are kept out.
    - say: is called with each step, and when a process has ended by itself.
    """

    def __init__(
        self,
        *,
        var_dir: Path,
        web_port: int = 0,
        database_url: str | None = None,
        redis_url: str | None = None,
        processes: Sequence[str] = ALL_PROCESSES,
        calls_per_minute: float | None = None,
        simulator_args: Sequence[str] = (),
        extra_env: Mapping[str, str] | None = None,
        use_environment: bool = False,
        say: Callable[[str], None] = say_nothing,
    ) -> None:
        self._say = say
        self.var_dir = var_dir.resolve()
        self.addresses = Addresses(web_port=web_port)
        self.simulator_url = self._choose_simulator(processes, use_environment)
        self.processes = [name for name in processes if self.simulator_url or name != "simulator"]
        self.redis, redis_url = self._choose_redis(redis_url, use_environment)
        own_secrets = load_or_make_secrets(self.var_dir / "demo-secrets.json")
        self.password = own_secrets.password
        defaults = loopback_settings(own_secrets, var_dir=self.var_dir, simulator_url=self.simulator_url)
        own = {"PORT": str(self.addresses.web_port), "VAR_DIR": str(self.var_dir)}
        fixed = own | {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        self.env = build_environment(defaults, fixed, extra_env or {}, use_environment=use_environment)
        pace = [] if calls_per_minute is None else [f"--calls-per-minute={calls_per_minute:g}"]
        self._children = Processes(self.var_dir / "log", self.env, self.addresses, [*pace, *simulator_args])
        self._supervisor = Supervisor(announce=say)

    @property
    def web_url(self) -> str:
        """The address of the product, without a slash at its end."""
        return self.addresses.web_url

    def __enter__(self) -> Self:
        """Start everything and wait until it answers."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End everything."""
        self.stop()

    def start(self) -> None:
        """Start Redis, migrate the database, start the processes and wait until each answers.

        Raises StackDidNotStart, RedisNotFound, RedisDidNotStart; nothing is left running then.
        """
        try:
            if self.redis:
                self._children.add(self.redis.child)
                self.redis.start()
            self._say("bringing the database up to date ...")
            self._children.prepare(password=self.password)
            self._say(f"starting {', '.join(self.processes)} ...")
            # The simulator starts last: its first post needs a web process that accepts it.
            self._children.start_together([name for name in self.processes if name != "simulator"])
            self._children.start_together([name for name in self.processes if name == "simulator"])
        except BaseException:
            self.stop()
            raise
        self._supervisor.start(self._children.all())

    def stop(self) -> None:
        """End everything that was started, within a few seconds. Nothing happens when nothing runs."""
        self._supervisor.stop()
        self._children.stop()

    def process(self, name: str) -> ChildProcess:
        """Return a started process by its name, `redis` included; KeyError when it was not started."""
        return self._children.get(name)

    def log(self, name: str) -> str:
        """Return what a process has printed so far; "" when it was never started."""
        path = self.redis.child.log_path if self.redis and name == "redis" else self._children.log_path(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def take_down(self, name: str) -> None:
        """End one process, and do not start it again."""
        self._supervisor.leave_down(self._children.get(name))
        self._children.end(name)

    def bring_up(self, name: str) -> None:
        """Start a process that was taken down, wait until it answers, and start it again whenever it ends."""
        self._children.start_again(name)
        self._supervisor.keep_up(self._children.get(name))

    def _choose_simulator(self, processes: Sequence[str], use_environment: bool) -> str | None:
        """Return the simulator's address; None when it is not wanted, or the environment names a TENIOS."""
        has_tenios = use_environment and "TENIOS_BASE_URL" in os.environ
        return self.addresses.simulator_url if "simulator" in processes and not has_tenios else None

    def _choose_redis(self, redis_url: str | None, use_environment: bool) -> tuple[EmbeddedRedis | None, str]:
        """Return an embedded Redis and its address, or no server and the address of one that is running already."""
        named = redis_url or (os.environ.get("REDIS_URL") if use_environment else None)
        if named:
            return None, named
        embedded = EmbeddedRedis(run_dir=self.var_dir / "run")
        return embedded, embedded.url
