"""One run: its people, calls and actors, its time, and the promises that must be true after each step.

A run is one transaction that is rolled back at its end.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from itertools import pairwise
from typing import ClassVar
from unittest.mock import patch

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.factories import make_call
from tests.proofs.machine.actors import Actor, moving_with_stops
from tests.proofs.machine.clock import Clock
from tests.proofs.machine.fake_tenios import FakeTenios
from tests.proofs.machine.verdicts import is_true, truth_about
from transfers.audit_log.verification import verify
from transfers.lifecycle import actions, guard, refusals, sweeper
from transfers.lifecycle import states as transfer_states
from transfers.models import OPEN_STATES, AuditEntry, Call, Transfer, User

STEPS = set(guard.steps_of_table())
REFUSALS = (
    refusals.CallNotFound,
    refusals.CallNotConnected,
    refusals.TransferAlreadyOpen,
    refusals.SendingClosed,
    actions.TooEarlyToTell,
)


class NoPool:
    """Replaces the sweeper's threads: the machine itself delivers what is due."""

    def submit(self, *_: object) -> None:
        """Do nothing."""


class Run(RuleBasedStateMachine):
    """The state of a run; the rules are in `machine`. `people` are two agents and a supervisor."""

    people: ClassVar[Sequence[User]]
    counted: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.tenios = FakeTenios()
        self.actors: list[Actor] = []
        self.calls: list[Call] = []
        self.transfers: list[Transfer] = []
        self.clock = Clock()
        self._ends: dict[int, tuple[object, ...]] = {}
        self._steps_taken: Counter[int] = Counter()
        self._trails: dict[int, list[str]] = {}
        self._clean_up = ExitStack()
        self._clean_up.enter_context(transaction.atomic())
        self._clean_up.callback(transaction.set_rollback, True)
        self._clean_up.enter_context(
            patch.object(transfer_states, "move_transfer", moving_with_stops(self._steps_taken))
        )
        self._clean_up.enter_context(self.clock.in_force())
        self.begin_call()

    def teardown(self) -> None:
        """Kill all actors but the sweeper, let time pass, check the result, and remove all rows."""
        with self._clean_up:
            for actor in self.actors:
                actor.die()
            self.let_pass(seconds=20.0)
            sweeper.sweep_once(NoPool())  # type: ignore[arg-type]
            self.look()
            assert self.in_state("requested", "sending") == [], "lost: nobody will ever say what became of it"
            report = verify()
            assert report.is_clean, report.findings
            self._count()

    def _count(self) -> None:
        self.counted["runs"] += 1
        self.counted["transfers"] += len(self.transfers)
        self.counted["requests"] += len(self.tenios.requests)
        for trail in self._trails.values():
            self.counted.update(f"{left} > {reached}" for left, reached in pairwise(trail) if left != reached)

    # --- the parts of rules ------------------------------------------------------------------------------------

    def begin_call(self) -> None:
        """Start a connected call of the first agent; every second call has no agent."""
        number = len(self.calls)
        call = make_call(call_uuid=f"call-{number}", agent=self.people[0] if number % 2 == 0 else None)
        self.calls.append(call)
        self.tenios.running.append(call.call_uuid)

    def begin(self, name: str, act: Callable[[], object], stops: int = 0) -> None:
        """Start an actor and resume it after the given number of stops. It may be refused or finish before."""

        def act_or_be_refused() -> None:
            with suppress(*REFUSALS):
                act()

        self._go_on(Actor(name, act_or_be_refused), stops)

    def go_on(self, actor: Actor) -> None:
        """Resume a paused actor."""
        self.actors.remove(actor)
        self._go_on(actor)

    def _go_on(self, actor: Actor, stops: int = 0) -> None:
        for _ in range(stops + 1):
            actor.go_on()
            if actor.is_done:
                break
        if not actor.is_done:
            self.actors.append(actor)
        self.look()

    def let_pass(self, *, seconds: float) -> None:
        """Let time pass. Meanwhile TENIOS executes late requests."""
        self.clock.advance(seconds)
        self.tenios.catch_up()

    def in_state(self, *states: str) -> list[Transfer]:
        """Return the transfers that were in one of these states at the last `look`."""
        return [transfer for transfer in self.transfers if transfer.state in states]

    def look(self) -> None:
        """Read rows and audit log again."""
        self.transfers = list(Transfer.objects.select_related("call").order_by("pk"))
        self._trails = {transfer.pk: [] for transfer in self.transfers}
        entries = AuditEntry.objects.filter(transfer_id__in=self._trails).exclude(outcome="").order_by("seq")
        for entry in entries:
            self._trails[entry.transfer_id or 0].append(entry.outcome)

    # --- the promises ------------------------------------------------------------------------------------------

    @invariant()
    def no_row_lies_and_none_is_sent_twice(self) -> None:
        """TENIOS got at most one request for each transfer, and no state makes a false claim."""
        for transfer in self.transfers:
            truth = truth_about(transfer.pk, self.tenios)
            assert is_true(transfer, truth), (transfer.state, transfer.error_code, transfer.problem, truth)

    @invariant()
    def a_call_has_one_open_transfer(self) -> None:
        """Requested, sending and unknown transfers are open."""
        open_ones = Counter(transfer.call_id for transfer in self.in_state(*OPEN_STATES))
        assert all(number == 1 for number in open_ones.values())

    @invariant()
    def what_is_settled_stays(self) -> None:
        """A settled state is final, and so are the details of the answer."""
        for transfer in self.in_state(*transfer_states.SETTLED):
            end = (
                *(transfer.state, transfer.error_code, transfer.problem, transfer.cancel_reason, transfer.resolved_by),
                *(transfer.http_status, transfer.attempt, transfer.claim_token),
            )
            assert self._ends.setdefault(transfer.pk, end) == end
        assert set(self._ends) <= {transfer.pk for transfer in self.in_state(*transfer_states.SETTLED)}

    @invariant()
    def the_log_has_an_entry_for_every_step(self) -> None:
        """The entries of a transfer follow the table from `requested` to the current state of the row."""
        for transfer in self.transfers:
            trail = self._trails[transfer.pk]
            assert (trail[0], trail[-1]) == ("requested", transfer.state)
            assert len(trail) == 1 + self._steps_taken[transfer.pk]
            assert {step for step in pairwise(trail) if step != ("requested", "requested")} <= STEPS
