"""One run from the first process to the verdict."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from scripts.chaos.browser import Person
from scripts.chaos.case import UNTOLD, Case
from scripts.chaos.checker import check
from scripts.chaos.database import Database
from scripts.chaos.dealings import Dealings
from scripts.chaos.evidence import Evidence
from scripts.chaos.generator import Generator
from scripts.chaos.history import Fault, History
from scripts.chaos.nemesis import Nemesis
from scripts.chaos.people import agent_name
from scripts.chaos.report import describe_run
from scripts.chaos.script import draw_scripts
from scripts.chaos.tenios import Gate, Simulator
from scripts.chaos.watch import watching_states
from scripts.net import wait_until
from scripts.procfile import ROOT
from scripts.stack import Stack

AGENTS = 8
GRACE_SECONDS = 0.3
ROLES = ("supervisor", "stranger")
QUIET_SECONDS = 30
LAST_POSTS_SECONDS = 3


class ChaosRun:
    """Starts a system of its own in `folder`, plays `count` scripts of `seed` against it, and judges."""

    def __init__(self, *, seed: int, count: int, database_url: str, folder: Path, say: Callable[[str], None]) -> None:
        self._seed = seed
        self._count = count
        self._folder = folder
        self._say = say
        self._gate = Gate()
        self._database = Database(database_url)
        self._history = History(path=folder / "history.jsonl")
        self._stack = Stack(
            var_dir=folder,
            database_url=database_url,
            calls_per_minute=0,
            simulator_args=[f"--seed={seed}", "--no-answer-seconds=1.5", "--cdr-delay-seconds=1"],
            extra_env={"TRANSFER_UNDO_SECONDS": str(GRACE_SECONDS), "TENIOS_BASE_URL": self._gate.url},
            say=self._hear,
        )

    def play(self) -> int:
        """Run, print the report, and return 0 when every promise was kept, else 1."""
        with ExitStack() as resources:
            self._gate.open(self._stack.addresses.simulator_port)
            resources.callback(self._gate.close)
            resources.enter_context(self._stack)
            self._run_python("-m", "scripts.chaos.people", str(AGENTS + 1)).check_returncode()
            simulator = Simulator(self._stack.simulator_url or "")
            resources.callback(simulator.close)
            agents = self._sign_in(resources, [agent_name(number) for number in range(AGENTS)])
            others = dict(zip(ROLES, self._sign_in(resources, ["sue", agent_name(AGENTS)]), strict=True))
            generator = Generator(
                agents=[Dealings(agent=agent, others=others, simulator=simulator) for agent in agents],
                scripts=draw_scripts(seed=self._seed, count=self._count),
            )
            with watching_states(self._database, self._history):
                self._break_everything(generator, simulator)
                self._wait_for_quiet()
                evidence = self._take_evidence(resources, simulator)
        (self._folder / "evidence.json").write_text(json.dumps(asdict(evidence), indent=1, default=str))
        violations = check(self._history, evidence)
        print(describe_run(Case(self._history, evidence), violations, skipped=len(generator.skipped)), flush=True)
        verdict = f"{len(violations)} promises broken" if violations else "every promise kept"
        self._say(f"SEED={self._seed}: {verdict}")
        return 1 if violations else 0

    def _sign_in(self, resources: ExitStack, names: list[str]) -> list[Person]:
        people = [Person(name=name, web_url=self._stack.web_url, history=self._history) for name in names]
        for person in people:
            resources.callback(person.close)
            person.sign_in(self._stack.password)
        return people

    def _break_everything(self, generator: Generator, simulator: Simulator) -> None:
        nemesis = Nemesis(
            seed=self._seed,
            stack=self._stack,
            database=self._database,
            simulator=simulator,
            gate=self._gate,
            history=self._history,
        )
        nemesis.start()
        try:
            generator.play(most_seconds=60 + 3 * self._count, say=self._say)
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

    def _take_evidence(self, resources: ExitStack, simulator: Simulator) -> Evidence:
        simulator.hang_up_all()
        time.sleep(LAST_POSTS_SECONDS)
        [supervisor] = self._sign_in(resources, ["sue"])
        for transfer_id in self._database.read_states():
            supervisor.read_detail(transfer_id)
        audit = self._run_python("manage.py", "audit_verify")
        return Evidence(
            rows=self._database.read_rows(),
            requests=simulator.read_ledger(),
            was_answered=simulator.read_legs(self._stack.env["TENIOS_ACCESS_KEY"]),
            audit_exit_code=audit.returncode,
            audit_report=audit.stdout + audit.stderr,
        )

    def _hear(self, message: str) -> None:
        """Pass on what the supervisor says; a worker that ended by itself, as Celery does without Redis, is a fault."""
        self._say(message)
        if message.startswith("worker ended") and "signal 9" not in message:
            now = time.monotonic()
            self._history.add(Fault(target="worker", kind="ended by itself", started_at=now - 1, ended_at=now))

    def _run_python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = self._stack.env | {"DEMO_PASSWORD": self._stack.password}
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
