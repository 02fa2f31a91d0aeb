"""One run: plays the workload, injects faults, and checks the promises."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from scripts.chaos.checker import RunRecord, check
from scripts.chaos.checker.report import describe_effort, describe_run
from scripts.chaos.collect import collect_final_state
from scripts.chaos.faults.actions import FaultActions
from scripts.chaos.faults.injector import FaultInjector
from scripts.chaos.faults.schedule import make_targets
from scripts.chaos.final_state import UNDER_WAY, FinalState
from scripts.chaos.history import History
from scripts.chaos.options import Options
from scripts.chaos.simulator import Simulator
from scripts.chaos.state_watch import LatestStates, watching
from scripts.chaos.system import Say, System
from scripts.chaos.workload.administrator import administrator_at_work
from scripts.chaos.workload.agent import Agent
from scripts.chaos.workload.generator import Generator
from scripts.chaos.workload.scenario import draw_scenarios
from scripts.chaos.workload.users import Users
from scripts.embedded_postgres import PostgresServer
from scripts.net import wait_until

SETTLE_SECONDS = 30


class ChaosRun:
    """A run in `folder`. `server` is the PostgreSQL server of the database, if it is in one: faults stop it as well."""

    def __init__(
        self, *, options: Options, database_url: str, server: PostgresServer | None, folder: Path, say: Say
    ) -> None:
        self._options = options
        self._folder = folder
        self._say = say
        self._latest = LatestStates()
        self._history = History(path=folder / "history.jsonl")
        self._system = System(
            options=options, database_url=database_url, server=server, folder=folder, history=self._history, say=say
        )

    def play(self) -> int:
        """Run, print the report, and return 0 when every promise was kept, else 1."""
        with self._system.running() as simulator, ExitStack() as connections:
            users = Users(system=self._system, history=self._history, connections=connections)
            generator = self._make_generator(users, simulator)
            final_state = self._play(generator, simulator, users)
        (self._folder / "final_state.json").write_text(json.dumps(asdict(final_state), indent=1, default=str))
        return self._report(final_state, generator)

    def _make_generator(self, users: Users, simulator: Simulator) -> Generator:
        """Create the agents. The last one is the stranger, who must not transfer the calls of the others."""
        clients = users.create_agents(self._options.agents + 1)
        others = {"supervisor": users.sign_in("sue"), "stranger": clients.pop()}
        return Generator(
            agents=[
                Agent(client=client, others=others, simulator=simulator, latest=self._latest) for client in clients
            ],
            scenarios=draw_scenarios(seed=self._options.seed, count=self._options.transfers),
        )

    def _play(self, generator: Generator, simulator: Simulator, users: Users) -> FinalState:
        administrator = administrator_at_work(users.sign_in("root"), seed=self._options.seed)
        with watching(self._system.database, self._history, self._latest), administrator:
            with self._injecting_faults(generator, simulator):
                generator.play(most_seconds=self._options.seconds, say=self._say)
            self._wait_until_settled()
            return collect_final_state(
                system=self._system,
                simulator=simulator,
                reader=users.sign_in("sue"),
                sweepers=self._options.sweepers,
            )

    @contextmanager
    def _injecting_faults(self, generator: Generator, simulator: Simulator) -> Iterator[None]:
        database, stopped = self._system.database, threading.Event()
        injector = FaultInjector(
            seed=self._options.seed,
            targets=make_targets(processes=self._options.processes, database=database.kind),
            actions=FaultActions(system=self._system, simulator=simulator, stopped=stopped),
            clock=generator.paced_seconds,
            database_target=database.fault_target,
            history=self._history,
            stopped=stopped,
        )
        injector.start()
        try:
            yield
        finally:
            self._say("ending the faults ...")
            injector.stop()

    def _wait_until_settled(self) -> None:
        """Give every transfer time to end; one that does not end is a broken promise."""
        read_states = self._system.database.read_states
        wait_until(lambda: not UNDER_WAY & set(read_states().values()), seconds=SETTLE_SECONDS, interval=0.5)

    def _report(self, final_state: FinalState, generator: Generator) -> int:
        violations = check(self._history, final_state)
        print(describe_run(RunRecord(self._history, final_state), violations, skipped=len(generator.skipped)))
        print(describe_effort(calls_seconds=generator.seconds), flush=True)
        verdict = f"{len(violations)} promises broken" if violations else "every promise kept"
        self._say(f"SEED={self._options.seed}: {verdict}")
        return 1 if violations else 0
