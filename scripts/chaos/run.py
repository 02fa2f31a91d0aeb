"""One run from the first process to the verdict."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from scripts.chaos.administrator import minding_the_gate
from scripts.chaos.case import UNTOLD, Case
from scripts.chaos.cast import Cast
from scripts.chaos.checker import check
from scripts.chaos.collect import collect_evidence
from scripts.chaos.database import Database
from scripts.chaos.dealings import Dealings
from scripts.chaos.generator import Generator
from scripts.chaos.history import Fault, History
from scripts.chaos.nemesis import Nemesis
from scripts.chaos.plan import Plan
from scripts.chaos.report import describe_effort, describe_run
from scripts.chaos.schedule import make_lanes
from scripts.chaos.script import draw_scripts
from scripts.chaos.strikes import Strikes
from scripts.chaos.tenios import Gate, Simulator
from scripts.chaos.watch import News, watching
from scripts.embedded_postgres import PostgresServer
from scripts.net import wait_until
from scripts.procfile import ROOT
from scripts.stack import Stack
from scripts.stack_parts import kind_of

GRACE_SECONDS = 0.3
QUIET_SECONDS = 30


class ChaosRun:
    """Starts a system of its own in `folder`, plays the plan against it, and judges.

    `server` is PostgreSQL's own where the database lies in one: it is stopped as well.
    """

    def __init__(
        self,
        *,
        plan: Plan,
        database_url: str,
        server: PostgresServer | None,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._server = server
        self._folder = folder
        self._say = say
        self._gate = Gate()
        self._news = News()
        self._database = Database(database_url)
        self._history = History(path=folder / "history.jsonl")
        self._stack = Stack(
            var_dir=folder,
            database_url=database_url,
            processes=plan.processes,
            calls_per_minute=0,
            simulator_args=[f"--seed={plan.seed}", "--no-answer-seconds=1.5", "--cdr-delay-seconds=1"],
            extra_env={
                "TRANSFER_UNDO_SECONDS": str(GRACE_SECONDS),
                "TRANSFER_LIMIT_PER_AGENT": "0",
                "TRANSFER_LIMIT_IN_ALL": "0",
                "TENIOS_BASE_URL": self._gate.url,
            },
            say=self._hear,
        )

    def play(self) -> int:
        """Run, print the report, and return 0 when every promise was kept, else 1."""
        with ExitStack() as resources:
            self._gate.open(self._stack.addresses.simulator_port)
            resources.callback(self._gate.close)
            resources.enter_context(self._stack)
            simulator = Simulator(self._stack.simulator_url or "")
            resources.callback(simulator.close)
            cast = Cast(
                stack=self._stack, history=self._history, resources=resources, run_python=self._run_python_or_fail
            )
            generator = self._make_generator(cast, simulator)
            gate_minded = minding_the_gate(cast.sign_in("root"), seed=self._plan.seed)
            with watching(self._database, self._history, self._news), gate_minded:
                self._break_everything(generator, simulator)
                self._wait_for_quiet()
                evidence = collect_evidence(
                    database=self._database,
                    simulator=simulator,
                    access_key=self._stack.env["TENIOS_ACCESS_KEY"],
                    reader=cast.sign_in("sue"),
                    run_python=self._run_python,
                    sweepers=self._plan.sweepers,
                )
        (self._folder / "evidence.json").write_text(json.dumps(asdict(evidence), indent=1, default=str))
        violations = check(self._history, evidence)
        print(describe_run(Case(self._history, evidence), violations, skipped=len(generator.skipped)))
        print(describe_effort(calls_seconds=generator.seconds), flush=True)
        verdict = f"{len(violations)} promises broken" if violations else "every promise kept"
        self._say(f"SEED={self._plan.seed}: {verdict}")
        return 1 if violations else 0

    def _make_generator(self, cast: Cast, simulator: Simulator) -> Generator:
        """Let the agents in: the last of them is the stranger, who has no business with the others' calls."""
        agents = cast.let_agents_in(self._plan.agents + 1)
        others = {"supervisor": cast.sign_in("sue"), "stranger": agents.pop()}
        return Generator(
            agents=[Dealings(agent=agent, others=others, simulator=simulator, news=self._news) for agent in agents],
            scripts=draw_scripts(seed=self._plan.seed, count=self._plan.count),
        )

    def _break_everything(self, generator: Generator, simulator: Simulator) -> None:
        stopped = threading.Event()
        strikes = Strikes(
            stack=self._stack,
            database=self._database,
            server=self._server,
            simulator=simulator,
            gate=self._gate,
            stopped=stopped,
        )
        nemesis = Nemesis(
            seed=self._plan.seed,
            lanes=make_lanes(processes=self._plan.processes, database=self._database.kind),
            strikes=strikes,
            clock=generator.calm_seconds,
            database_target=self._database.fault_target,
            history=self._history,
            stopped=stopped,
        )
        nemesis.start()
        try:
            generator.play(most_seconds=self._plan.seconds, say=self._say)
        finally:
            self._say("ending the faults ...")
            nemesis.stop()

    def _wait_for_quiet(self) -> None:
        """Give every transfer the time to end by itself; one that does not is a broken promise."""
        wait_until(
            lambda: not UNTOLD & set(self._database.read_states().values()),
            seconds=QUIET_SECONDS,
            interval=0.5,
        )

    def _hear(self, message: str) -> None:
        """Pass on what the supervisor says; a worker that ended by itself, as Celery does without Redis, is a fault."""
        self._say(message)
        name = message.partition(" ")[0]
        if kind_of(name) == "worker" and " ended " in message and "signal 9" not in message:
            now = time.monotonic()
            self._history.add(Fault(target=name, kind="ended by itself", started_at=now - 1, ended_at=now))

    def _run_python_or_fail(self, *arguments: str) -> str:
        done = self._run_python(*arguments)
        done.check_returncode()
        return done.stdout

    def _run_python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = self._stack.env | {"DEMO_PASSWORD": self._stack.password}
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
