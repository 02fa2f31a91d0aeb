"""Calls and their legs as TENIOS sees them. Plain data: what happens to them is decided elsewhere."""

import inspect
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime

from .scheduling import Timer

INBOUND = "INBOUND"
SIP_USER_LEG = "SIPFORWARD_USER"
LEG_TYPES = {"EXTERNALNUMBER": "FORWARD", "SIP_USER": SIP_USER_LEG, "SIP_TRUNK": "SIPFORWARD_PRFL"}
"""destination_type of a transfer -> call_type of the call record of its leg."""

TRANSFERABLE_STATES = ("connected", "transferring", "transferred")

Plan = Generator[float | None, None, None]
"""What a call goes through: yields the seconds until its next step, or None to wait until something else ends it."""


@dataclass(eq=False)
class Leg:
    """One side of a call: the caller's (INBOUND) or one attempt to reach somebody. Times are UTC."""

    uuid: str
    call_uuid: str
    call_type: str
    caller_number: str
    destination: str
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    hangup_cause: str | None = None
    bleg_uuid: str | None = None


@dataclass(eq=False)
class Call:
    """A running call. `state` is one of ringing, menu, forwarding, connected, transferring, transferred, ended."""

    inbound: Leg
    agent: str
    is_traffic: bool
    talk_seconds: float | None
    state: str = "ringing"
    variables: dict[str, str] = field(default_factory=dict)
    current_leg: Leg | None = None
    connected_at: datetime | None = None
    has_posted_end: bool = False
    plan: Plan | None = None
    timer: Timer | None = None

    @property
    def call_uuid(self) -> str:
        """The id that TENIOS' posts carry and that a transfer names: the uuid of the caller's leg."""
        return self.inbound.uuid

    @property
    def is_transferable(self) -> bool:
        """Whether the call has been forwarded and is connected (page transfer-call-api)."""
        return self.state in TRANSFERABLE_STATES

    @property
    def occupied_sip_users(self) -> set[str]:
        """The SIP users this call keeps busy: its agent until it is transferred away, and whom it rings or talks to."""
        users = set() if self.state in ("transferring", "transferred") else {self.agent}
        if self.current_leg is not None and self.current_leg.call_type == SIP_USER_LEG:
            users.add(self.current_leg.destination)
        return users

    def stop_plan(self) -> None:
        """Forget what was planned for this call."""
        if self.timer is not None:
            self.timer.cancel()
        plan, self.plan, self.timer = self.plan, None, None
        if plan is not None and inspect.getgeneratorstate(plan) != inspect.GEN_RUNNING:
            plan.close()
