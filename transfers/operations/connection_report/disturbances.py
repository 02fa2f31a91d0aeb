"""The disturbances of sending within the last seven days, read from the audit log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction, TrailEntry
from transfers.lifecycle.gate import GateState

REPORTED_PERIOD = timedelta(days=7)
MOST_ENTRIES = 2_000
MOST_SHOWN = 50

_SAME_FOR = timedelta(minutes=5)
"""Failures with no more than this time between them are one disturbance."""

_A = AuditAction
_PERIODS = {"stopped": (_A.SENDING_STOPPED, "key_accepted"), "paused": (_A.SENDING_PAUSED, "pause_over")}
"""The action that begins a period, and the reason in the entry `sending_resumed` that ends it."""

_FAILURES = {"not_sent": _A.TRANSFER_NOT_SENT, "unknown": _A.TRANSFER_UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """One disturbance. `kind` is `stopped` or `paused`, or `not_sent` or `unknown` for `count` transfers in that state.

    Times are UTC. `ended_at` is None while it goes on (`is_open`), or if its end was not recorded. `code` is TENIOS'
    error code.
    """

    kind: str
    began_at: datetime
    ended_at: datetime | None = None
    count: int = 1
    code: str = ""
    is_open: bool = False

    @property
    def seconds(self) -> float | None:
        """How long it lasted; None while it goes on, if the end is unknown, and for a single transfer."""
        is_single = self.kind in _FAILURES and self.count == 1
        return None if self.ended_at is None or is_single else (self.ended_at - self.began_at).total_seconds()


def read_disturbances(gate: GateState) -> list[Disturbance]:
    """Return at most 50 disturbances of seven days, newest first. `gate` decides which of them still go on."""
    actions = [*(begin for begin, _end in _PERIODS.values()), *_FAILURES.values(), _A.SENDING_RESUMED]
    newest_first = audit_log.latest_entries(actions, since_at=timezone.now() - REPORTED_PERIOD, most=MOST_ENTRIES)
    entries = newest_first[::-1]
    disturbances = [
        *_periods("stopped", entries, is_open=gate.is_stopped),
        *_periods("paused", entries, is_open=gate.is_paused),
        *_failures("not_sent", entries),
        *_failures("unknown", entries),
    ]
    return sorted(disturbances, key=lambda each: each.began_at, reverse=True)[:MOST_SHOWN]


def _periods(kind: str, entries: Sequence[TrailEntry], *, is_open: bool) -> Iterator[Disturbance]:
    """Yield each stop or pause. `entries` are oldest first. A pause that was prolonged is one disturbance."""
    begin, end = _PERIODS[kind]
    running: Disturbance | None = None
    for each in entries:
        action, at, detail = each.entry.action, each.entry.recorded_at, each.detail or {}
        if action == begin and running is None:
            running = Disturbance(kind=kind, began_at=at, code=str(detail.get("error_code") or ""))
        elif action == _A.SENDING_RESUMED and running is not None and detail.get("reason", end) == end:
            yield replace(running, ended_at=at)
            running = None
    if running is not None:
        yield replace(running, is_open=is_open)


def _failures(kind: str, entries: Sequence[TrailEntry]) -> Iterator[Disturbance]:
    """Yield the failures of one kind. Failures that follow each other within `_SAME_FOR` are one disturbance."""
    running: Disturbance | None = None
    for at in (each.entry.recorded_at for each in entries if each.entry.action == _FAILURES[kind]):
        if running is not None and running.ended_at is not None and at - running.ended_at <= _SAME_FOR:
            running = replace(running, ended_at=at, count=running.count + 1)
            continue
        if running is not None:
            yield running
        running = Disturbance(kind=kind, began_at=at, ended_at=at)
    if running is not None:
        yield running
