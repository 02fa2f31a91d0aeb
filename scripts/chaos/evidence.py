"""What is compared in the end: transfers' rows, audit entries, the simulator's ledger and call records."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Row:
    """A transfer as the database holds it. `steps` are its audit entries that name a state, in order."""

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
    def path(self) -> tuple[str, ...]:
        """The states it went through."""
        return tuple(state for state, _at in self.steps)

    def step_at(self, moment: datetime) -> tuple[str, datetime] | None:
        """Return the state it had at that time and since when; None before the first."""
        return next((step for step in reversed(self.steps) if step[1] <= moment), None)


@dataclass(frozen=True, kw_only=True)
class Request:
    """A line of the simulator's ledger: one request that arrived. `acted`: the call was really moved, to `leg_uuid`."""

    call_uuid: str
    destination: str
    behaviour: str
    acted: bool
    at: datetime
    leg_uuid: str | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All of it, taken after the last fault. `was_answered` tells of each ended leg by its uuid; `sweepers` names them.

    `stops` are the times (from, until) when the audit log says that nothing may leave, for TENIOS had refused the key.
    """

    rows: list[Row]
    requests: list[Request]
    was_answered: dict[str, bool] = field(default_factory=dict)
    stops: list[tuple[datetime, datetime]] = field(default_factory=list)
    audit_exit_code: int = 0
    audit_report: str = ""
    sweepers: tuple[str, ...] = ("sweeper",)
