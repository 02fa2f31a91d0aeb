"""Calls and their legs, as data. What happens to them is decided by plans."""

import inspect
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime

from .scheduling import Timer

INBOUND = "INBOUND"
SIP_USER_LEG = "SIPFORWARD_USER"
LEG_TYPES = {"EXTERNALNUMBER": "FORWARD", "SIP_USER": SIP_USER_LEG, "SIP_TRUNK": "SIPFORWARD_PRFL"}
"""The destination_type of a transfer -> the call_type in the call record of its leg."""

TRANSFERABLE_STATES = ("connected", "transferring", "transferred")

Plan = Generator[float | None, None, None]
"""The steps of a call: yields the seconds until the next step, or None to wait until something else ends the call."""


@dataclass(eq=False)
class Leg:
    """One side of a call: the caller's (INBOUND), or one attempt to reach a destination. Times are UTC."""

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
        """The id of the call in posts and transfer requests: the uuid of the caller's leg."""
        return self.inbound.uuid

    @property
    def is_transferable(self) -> bool:
        """Whether the call has been forwarded and is connected, as a transfer requires (page transfer-call-api)."""
        return self.state in TRANSFERABLE_STATES

    @property
    def occupied_sip_users(self) -> set[str]:
        """The SIP users in this call: its agent until it is transferred, and the destination of the current leg."""
        users = set() if self.state in ("transferring", "transferred") else {self.agent}
        if self.current_leg is not None and self.current_leg.call_type == SIP_USER_LEG:
            users.add(self.current_leg.destination)
        return users

    def stop_plan(self) -> None:
        """Cancel the plan of this call."""
        if self.timer is not None:
            self.timer.cancel()
        plan, self.plan, self.timer = self.plan, None, None
        if plan is not None and inspect.getgeneratorstate(plan) != inspect.GEN_RUNNING:
            plan.close()
