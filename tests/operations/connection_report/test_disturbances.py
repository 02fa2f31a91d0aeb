from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.lifecycle.gate import GateState, read_gate
from transfers.operations.connection_report import Disturbance, read_disturbances

pytestmark = pytest.mark.django_db

STOP = (AuditAction.SENDING_STOPPED, {"error_code": "BAD_CREDENTIALS"})
OPEN = (AuditAction.SENDING_RESUMED, {"reason": "key_accepted"})
PAUSE = (AuditAction.SENDING_PAUSED, {"pause_seconds": 10, "asked_seconds": 10})
PAUSE_OVER = (AuditAction.SENDING_RESUMED, {"reason": "pause_over"})
NOT_SENT: tuple[AuditAction, dict[str, Any]] = (AuditAction.TRANSFER_NOT_SENT, {})
UNKNOWN: tuple[AuditAction, dict[str, Any]] = (AuditAction.TRANSFER_UNKNOWN, {})
OTHER: tuple[AuditAction, dict[str, Any]] = (AuditAction.TRANSFER_ACCEPTED, {})

Fact = tuple[int, tuple[AuditAction, dict[str, Any]]]
"""Seconds since the beginning of the log, and what was recorded then."""


class RecordedLog:
    """Records the facts in the audit log, each at its time. The log began `ago`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, facts: Sequence[Fact], *, ago: timedelta) -> None:
        self.began_at = timezone.now() - ago
        for seconds, (action, detail) in facts:
            at = self.at(seconds)
            monkeypatch.setattr(timezone, "now", lambda at=at: at)
            with transaction.atomic():
                audit_log.record(actor="worker", action=action, detail=detail)
        monkeypatch.undo()

    def at(self, seconds: int) -> datetime:
        return self.began_at + timedelta(seconds=seconds)

    def disturbances(self, gate: GateState | None = None) -> list[tuple[str, int, int | None, int]]:
        """Return kind, beginning, end and count of each disturbance, newest first. Times are seconds of the log."""
        return [
            (each.kind, self._second(each.began_at) or 0, self._second(each.ended_at), each.count)
            for each in read_disturbances(gate or read_gate())
        ]

    def _second(self, at: datetime | None) -> int | None:
        return round((at - self.began_at).total_seconds()) if at else None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], []),
        ([(0, OTHER)], []),
        ([(0, STOP), (30, OPEN)], [("stopped", 0, 30, 1)]),
        ([(0, PAUSE), (10, PAUSE_OVER)], [("paused", 0, 10, 1)]),
        ([(0, PAUSE), (5, PAUSE), (15, PAUSE_OVER)], [("paused", 0, 15, 1)]),
        ([(0, STOP), (5, PAUSE), (15, PAUSE_OVER), (60, OPEN)], [("paused", 5, 15, 1), ("stopped", 0, 60, 1)]),
        ([(0, STOP), (9, OPEN), (20, STOP), (40, OPEN)], [("stopped", 20, 40, 1), ("stopped", 0, 9, 1)]),
        ([(0, OPEN), (5, PAUSE_OVER)], []),
        ([(0, NOT_SENT)], [("not_sent", 0, 0, 1)]),
        ([(0, NOT_SENT), (100, NOT_SENT), (390, NOT_SENT)], [("not_sent", 0, 390, 3)]),
        ([(0, NOT_SENT), (301, NOT_SENT)], [("not_sent", 301, 301, 1), ("not_sent", 0, 0, 1)]),
        ([(0, NOT_SENT), (1, UNKNOWN), (2, NOT_SENT)], [("unknown", 1, 1, 1), ("not_sent", 0, 2, 2)]),
    ],
)
def test_disturbances_follow_from_the_audit_log(
    monkeypatch: pytest.MonkeyPatch, facts: list[Fact], expected: list[tuple[str, int, int | None, int]]
) -> None:
    log = RecordedLog(monkeypatch, facts, ago=timedelta(hours=1))

    assert log.disturbances() == expected


def test_disturbance_is_open_while_the_gate_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    RecordedLog(monkeypatch, [(0, STOP)], ago=timedelta(hours=1))
    stopped = GateState(read_at=timezone.now(), stopped_at=timezone.now())
    opened = GateState(read_at=timezone.now())

    [running], [ended] = read_disturbances(stopped), read_disturbances(opened)

    assert (running.is_open, running.ended_at, running.code) == (True, None, "BAD_CREDENTIALS")
    assert (ended.is_open, ended.ended_at) == (False, None)


def test_disturbances_older_than_seven_days_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    day = 24 * 60 * 60
    facts = [(0, STOP), (60, OPEN), (2 * day, NOT_SENT), (3 * day, STOP), (3 * day + 60, OPEN)]
    log = RecordedLog(monkeypatch, facts, ago=timedelta(days=8))

    assert log.disturbances() == [("stopped", 3 * day, 3 * day + 60, 1), ("not_sent", 2 * day, 2 * day, 1)]


def test_entry_with_erased_detail_still_ends_a_disturbance(monkeypatch: pytest.MonkeyPatch) -> None:
    log = RecordedLog(monkeypatch, [(0, STOP), (30, OPEN)], ago=timedelta(hours=1))
    audit_log.erase_details(actor="beat", rule="test", up_to=timezone.now())

    assert log.disturbances() == [("stopped", 0, 30, 1)]


@pytest.mark.parametrize(
    ("kind", "count", "ended_after", "seconds"),
    [("stopped", 1, 90, 90.0), ("stopped", 1, None, None), ("not_sent", 3, 90, 90.0), ("not_sent", 1, 0, None)],
)
def test_seconds_of_a_disturbance(kind: str, count: int, ended_after: int | None, seconds: float | None) -> None:
    began_at = timezone.now()
    ended_at = None if ended_after is None else began_at + timedelta(seconds=ended_after)

    disturbance = Disturbance(kind=kind, began_at=began_at, ended_at=ended_at, count=count)

    assert disturbance.seconds == seconds
