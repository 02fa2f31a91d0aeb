"""The state after the run: transfers with their audit entries, the simulator's ledger, its call records."""

from dataclasses import dataclass, field
from datetime import datetime

UNDER_WAY = frozenset({"requested", "sending"})
"""The states before the first news about a transfer."""


@dataclass(frozen=True, kw_only=True)
class TransferRow:
    """A transfer as the database has it. `steps` are the states in its audit entries, with their times, in order."""

    transfer_id: int
    call_uuid: str
    destination: str
    request_key: str
    state: str
    attempt: int
    requested_at: datetime
    sent_at: datetime | None
    resolved_by: str = ""
    steps: tuple[tuple[str, datetime], ...] = ()

    @property
    def audited_states(self) -> tuple[str, ...]:
        """The states that the audit log names, in order."""
        return tuple(state for state, _at in self.steps)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that the audit log names, and the state of the row where that is another one."""
        audited = self.audited_states
        return audited if audited[-1:] == (self.state,) else (*audited, self.state)

    def step_at(self, moment: datetime) -> tuple[str, datetime] | None:
        """Return its state at this time, and since when; None before the first."""
        return next((step for step in reversed(self.steps) if step[1] <= moment), None)


@dataclass(frozen=True, kw_only=True)
class LedgerRequest:
    """One transfer request that reached the simulator. `has_moved`: the call was really moved, to `leg_uuid`."""

    call_uuid: str
    destination: str
    behaviour: str
    has_moved: bool
    at: datetime
    leg_uuid: str | None = None


@dataclass(frozen=True, kw_only=True)
class FinalState:
    """What is read after the last fault.

    `was_answered` says for each ended leg by its uuid whether it was answered. `stops` are the times (from, until) when
    sending was stopped according to the audit log, because TENIOS had refused the access key. `sweepers` are the names
    of the sweepers.
    """

    rows: list[TransferRow]
    requests: list[LedgerRequest]
    was_answered: dict[str, bool] = field(default_factory=dict)
    stops: list[tuple[datetime, datetime]] = field(default_factory=list)
    audit_exit_code: int = 0
    audit_report: str = ""
    sweepers: tuple[str, ...] = ("sweeper",)
