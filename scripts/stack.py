"""The whole system as child processes: what `make demo` shows and the flow and browser tests use.

    with Stack(var_dir=tmp_path, calls_per_minute=0) as stack:
        page.goto(stack.web_url)

Redis, the processes of the Procfile and the simulator start, are watched, and end together. The class is longer than
the house likes because this shared life is one thing; how each part starts and is seen to answer is in `stack_parts`.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from scripts.child_process import ChildProcess, stop_children
from scripts.embedded_redis import EmbeddedRedis
from scripts.net import wait_until
from scripts.procfile import ROOT
from scripts.stack_environment import inherited_environment, load_or_make_secrets, loopback_settings
from scripts.stack_parts import Addresses, did_not_start, part_command, wait_until_ready
from scripts.supervisor import Supervisor

ALL_PROCESSES = ("web", "worker", "sweeper", "beat", "simulator")
PREPARE_SECONDS = 120
# A worker in the middle of a transfer gives up after 6 s; one second more lets it write down what came of it.
STOP_SECONDS = 7


def say_nothing(_message: str) -> None:
    """Swallow a progress message."""


class Stack:
    """Starts the system and ends it again.

    `var_dir` takes the database, logs and secrets; a second start with the same folder keeps them. `web_port` 0 is any
    free one. `database_url` and `redis_url` name servers that run already. `processes` is any part of ALL_PROCESSES;
    `worker.2` beside `worker` is a second one.
    `simulator_args` go to `manage.py simulate_tenios` as they are; `calls_per_minute` 0 lets it start no call by
    itself. With `use_environment` settings of this process's environment win, and where they name a TENIOS no simulator
    starts; without, they are kept away. `extra_env` wins over all. `say` hears of each step and of what died.
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
        self.var_dir = var_dir.resolve()
        self._log_dir = self.var_dir / "log"
        self._log_dir.mkdir(parents=True, exist_ok=True)
        self._say = say
        self._supervisor = Supervisor(announce=say)
        self._children: dict[str, ChildProcess] = {}
        pace = [] if calls_per_minute is None else [f"--calls-per-minute={calls_per_minute:g}"]
        self._simulator_args = [*pace, *simulator_args]

        is_simulated = "simulator" in processes and not (use_environment and "TENIOS_BASE_URL" in os.environ)
        self.processes = [name for name in processes if is_simulated or name != "simulator"]
        kept = load_or_make_secrets(self.var_dir / "demo-secrets.json")
        self.password = kept.password
        self.addresses = Addresses(web_port=web_port)
        self.web_url = self.addresses.web_url
        self.simulator_url = self.addresses.simulator_url if is_simulated else None
        named_redis = redis_url or (os.environ.get("REDIS_URL") if use_environment else None)
        self.redis = None if named_redis else EmbeddedRedis(run_dir=self.var_dir / "run")
        fixed = {
            "REDIS_URL": self.redis.url if self.redis else named_redis,
            "DATABASE_URL": database_url,
            "PORT": str(self.addresses.web_port),
            "VAR_DIR": str(self.var_dir),
        }
        self.env: dict[str, str] = (
            loopback_settings(kept=kept, simulator_url=self.simulator_url, database=self.var_dir / "db.sqlite3")
            | inherited_environment(with_settings=use_environment)
            | {name: value for name, value in fixed.items() if value}
            | dict(extra_env or {})
        )

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
        """Start Redis, bring the database up to date, start the processes and wait until each answers.

        Raises StackDidNotStart, RedisNotFound, RedisDidNotStart; nothing is left running then.
        """
        try:
            if self.redis:
                self._children["redis"] = self.redis.child
                self.redis.start()
            self._prepare()
            self._say(f"starting {', '.join(self.processes)} ...")
            # The simulator comes last: its first post needs somebody who takes it.
            self._start_together([name for name in self.processes if name != "simulator"])
            self._start_together([name for name in self.processes if name == "simulator"])
        except BaseException:
            self.stop()
            raise
        self._supervisor.start(self._children.values())

    def stop(self) -> None:
        """End everything that was started, within a few seconds; harmless when nothing runs."""
        self._supervisor.stop()
        last = [self._children.pop(name) for name in ("simulator", "redis") if name in self._children]
        stop_children(list(self._children.values()), seconds=STOP_SECONDS)
        for child in last:
            stop_children([child], seconds=2)
        self._children.clear()

    def process(self, name: str) -> ChildProcess:
        """Return a started process by its name (`redis` is one too); KeyError when it was not started."""
        return self._children[name]

    def log(self, name: str) -> str:
        """Return what a process has printed so far; "" when it was never started."""
        path = self.redis.child.log_path if self.redis and name == "redis" else self._log_dir / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def take_down(self, name: str) -> None:
        """End one process and leave it down."""
        child = self._children[name]
        self._supervisor.leave_down(child)
        stop_children([child], seconds=STOP_SECONDS)

    def bring_up(self, name: str) -> None:
        """Start a process that was taken down, wait until it answers, and keep it up again."""
        child = self._children[name]
        child.start()
        wait_until_ready([child], self.addresses)
        self._supervisor.keep_up(child)

    def _prepare(self) -> None:
        self._say("bringing the database up to date ...")
        child = self._new_child("prepare", [sys.executable, "-m", "scripts.prepare_system"])
        child.env = self.env | {"DEMO_PASSWORD": self.password}
        child.start()
        if not wait_until(lambda: not child.is_running, seconds=PREPARE_SECONDS) or child.exit_code:
            raise did_not_start(child)
        del self._children["prepare"]

    def _start_together(self, names: Sequence[str]) -> None:
        started = [self._new_child(name, part_command(name, self.addresses, self._simulator_args)) for name in names]
        for child in started:
            child.start()
        wait_until_ready(started, self.addresses)

    def _new_child(self, name: str, command: Sequence[str]) -> ChildProcess:
        log_path = self._log_dir / f"{name}.log"
        log_path.write_bytes(b"")
        self._children[name] = ChildProcess(name=name, command=command, log_path=log_path, env=self.env, cwd=ROOT)
        return self._children[name]
