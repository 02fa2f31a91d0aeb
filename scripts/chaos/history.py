"""What happened, as the outside saw it: forms posted, words read and said, faults made, states seen in the database.

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
class Post:
    """One posting of a transfer form. `status` is the HTTP status, None when no answer came.

    `transfer_id` is the one the answer named; the same `request_key` again is the same form posted twice. `told` is
    why the page says that nothing leaves now ("stopped", "paused"), "" where it does not.
    """

    who: str
    call_uuid: str
    destination: str
    request_key: str
    started_at: float
    ended_at: float
    status: int | None
    transfer_id: int | None = None
    told: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the person was told that the transfer is under way."""
        return self.status in (200, 303)


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """A transfer's state as a page showed it; `transfer_id` is None where the page names only the call."""

    at: float
    page: str
    who: str
    state: str
    call_uuid: str = ""
    transfer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a person truly said of an unclear transfer: whether the caller was still on their line.

    `was_taken`: whether the page said thereafter that the transfer is unclear no more; None when no page came.
    """

    at: float
    who: str
    page: str
    transfer_id: int
    is_still_here: bool
    was_taken: bool | None


@dataclass(frozen=True, kw_only=True)
class Click:
    """The administrator noticed that sending is stopped and asked for a check of the access key; it helped or not."""

    at: float
    noticed_at: float
    has_helped: bool


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something the nemesis did, from its beginning until all was as before."""

    target: str
    kind: str
    started_at: float
    ended_at: float


Event = Post | Sighting | Word | Click | Fault


@dataclass
class History:
    """Everything seen in one run; safe to write to from several threads. `path` keeps it as JSON lines."""

    path: Path | None = None
    posts: list[Post] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    clicks: list[Click] = field(default_factory=list)
    first_seen: dict[int, dict[str, float]] = field(default_factory=dict)
    """Transfer id -> state -> when the database first showed it."""
    wall_offset: float = field(default_factory=lambda: time.time() - time.monotonic())
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, event: Event) -> None:
        """Keep one event."""
        kept: dict[type[Event], list[Any]] = {
            Post: self.posts,
            Sighting: self.sightings,
            Word: self.words,
            Click: self.clicks,
            Fault: self.faults,
        }
        with self._lock:
            kept[type(event)].append(event)
            self._write({"event": type(event).__name__, **asdict(event)})

    def see_state(self, transfer_id: int, state: str) -> None:
        """Note when the database first showed a transfer in a state."""
        seen = self.first_seen.setdefault(transfer_id, {})
        if state not in seen:
            seen[state] = time.monotonic()
            with self._lock:
                self._write({"event": "Seen", "transfer_id": transfer_id, "state": state, "at": seen[state]})

    def monotonic(self, moment: datetime) -> float:
        """Return an (aware) time of the wall clock as seconds of the monotonic one."""
        return moment.timestamp() - self.wall_offset

    def _write(self, line: dict[str, object]) -> None:
        if self.path is not None:
            with self.path.open("a") as lines:
                lines.write(json.dumps(line) + "\n")
