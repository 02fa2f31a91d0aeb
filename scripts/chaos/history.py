"""The history of a run: forms submitted, states displayed, answers given, faults injected, states stored.

All times are seconds of this machine's monotonic clock unless a name says otherwise.
"""

import json
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One submission of a transfer form. `status` is the HTTP status, None when no answer came.

    `transfer_id` is the transfer that the answer named. The same `request_key` again is the same form submitted twice.
    `obstacle` is the reason the page gave for not sending ("stopped", "paused"), "" without one.
    """

    user: str
    call_uuid: str
    destination: str
    request_key: str
    started_at: float
    ended_at: float
    status: int | None
    transfer_id: int | None = None
    obstacle: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the answer said that the transfer is under way."""
        return self.status in (200, 303)


@dataclass(frozen=True, kw_only=True)
class DisplayedState:
    """The state of a transfer on a page. `transfer_id` is None where the page names only the call."""

    at: float
    page: str
    user: str
    state: str
    call_uuid: str = ""
    transfer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CallerAnswer:
    """An agent's true answer to "is the caller still with you?" about a transfer with an unknown outcome.

    `was_accepted`: whether the page then showed another state than unknown; None when no page came.
    """

    at: float
    user: str
    page: str
    transfer_id: int
    is_still_here: bool
    was_accepted: bool | None


@dataclass(frozen=True, kw_only=True)
class KeyCheck:
    """The administrator noticed that sending was stopped, and asked for a check of the access key."""

    at: float
    noticed_at: float
    has_helped: bool


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, from its beginning until everything worked again."""

    target: str
    kind: str
    started_at: float
    ended_at: float


Event = Submission | DisplayedState | CallerAnswer | KeyCheck | Fault


@dataclass
class History:
    """All events of one run. Several threads may add events. They are written to `path` as JSON lines as well."""

    path: Path | None = None
    submissions: list[Submission] = field(default_factory=list)
    displayed_states: list[DisplayedState] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    caller_answers: list[CallerAnswer] = field(default_factory=list)
    key_checks: list[KeyCheck] = field(default_factory=list)
    first_stored: dict[int, dict[str, float]] = field(default_factory=dict)
    """Transfer id -> state -> when the database was first seen to have it."""
    wall_offset: float = field(default_factory=lambda: time.time() - time.monotonic())
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, event: Event) -> None:
        """Record one event."""
        lists: dict[type[Event], list[Any]] = {
            Submission: self.submissions,
            DisplayedState: self.displayed_states,
            CallerAnswer: self.caller_answers,
            KeyCheck: self.key_checks,
            Fault: self.faults,
        }
        with self._lock:
            lists[type(event)].append(event)
            self._write({"event": type(event).__name__, **asdict(event)})

    def add_stored_state(self, transfer_id: int, state: str) -> None:
        """Record when the database was first seen to have a transfer in this state."""
        states = self.first_stored.setdefault(transfer_id, {})
        if state not in states:
            states[state] = time.monotonic()
            with self._lock:
                self._write({"event": "StoredState", "transfer_id": transfer_id, "state": state, "at": states[state]})

    def monotonic(self, moment: datetime) -> float:
        """Convert an (aware) time of the wall clock to seconds of the monotonic clock."""
        return moment.timestamp() - self.wall_offset

    def _write(self, event: dict[str, object]) -> None:
        if self.path is not None:
            with self.path.open("a") as lines:
                lines.write(json.dumps(event) + "\n")
