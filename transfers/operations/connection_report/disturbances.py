"""What went wrong on the way to TENIOS within seven days, as the audit log tells it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction, TrailEntry
from transfers.lifecycle.gate import GateState

LOOKS_BACK = timedelta(days=7)
MOST_ENTRIES = 2_000
MOST_SHOWN = 50

_SAME_FOR = timedelta(minutes=5)
"""Requests that failed no longer than this one after the other are one disturbance."""

_A = AuditAction
_PERIODS = {"stopped": (_A.SENDING_STOPPED, "key_accepted"), "paused": (_A.SENDING_PAUSED, "pause_over")}
"""What begins a period, and the reason of the entry `sending_resumed` that ends it."""

_FAILURES = {"not_sent": _A.TRANSFER_NOT_SENT, "unknown": _A.TRANSFER_UNKNOWN}


@dataclass(frozen=True, kw_only=True)
class Disturbance:
    """One disturbance. Kinds: `stopped`, `paused`; `not_sent`, `unknown`: so many transfers (`count`) that became that.

    `ended_at` is None while it goes on (`is_open`), or when its end was not recorded. `code` is TENIOS' word. UTC.
    """

    kind: str
    began_at: datetime
    ended_at: datetime | None = None
    count: int = 1
    code: str = ""
    is_open: bool = False

    @property
    def seconds(self) -> float | None:
        """How long it lasted; None while it goes on, when nobody knows, and for a single transfer."""
        is_moment = self.kind in _FAILURES and self.count == 1
        return None if self.ended_at is None or is_moment else (self.ended_at - self.began_at).total_seconds()


def read_disturbances(gate: GateState) -> list[Disturbance]:
    """Return the disturbances of seven days, the latest first, at most 50; `gate` tells which still go on."""
    actions = [*(begin for begin, _end in _PERIODS.values()), *_FAILURES.values(), _A.SENDING_RESUMED]
    newest_first = audit_log.latest_entries(actions, since_at=timezone.now() - LOOKS_BACK, most=MOST_ENTRIES)
    entries = newest_first[::-1]
    found = [
        *_periods("stopped", entries, is_open=gate.is_stopped),
        *_periods("paused", entries, is_open=gate.is_paused),
        *_failures("not_sent", entries),
        *_failures("unknown", entries),
    ]
    return sorted(found, key=lambda each: each.began_at, reverse=True)[:MOST_SHOWN]


def _periods(kind: str, entries: Sequence[TrailEntry], *, is_open: bool) -> Iterator[Disturbance]:
    """Yield each stop, or each pause however often it was prolonged, by the entries from the oldest on."""
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
    """Yield the transfers that came to this end, those that did so soon after each other as one."""
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
