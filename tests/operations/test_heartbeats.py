from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from transfers import tasks
from transfers.models import Heartbeat
from transfers.operations import HeartbeatTimer, LastHeartbeat, Part, heartbeats, last_heartbeats, record_heartbeat
from transfers.operations.heartbeats import HEARTBEAT_SECONDS, SILENT_AFTER_SECONDS

pytestmark = pytest.mark.django_db


def test_part_that_never_recorded_a_heartbeat_has_none() -> None:
    record_heartbeat(Part.SWEEPER)

    last = last_heartbeats()

    assert last[Part.WORKER] is None
    assert last[Part.SWEEPER] is not None


def test_heartbeat_replaces_the_last_one_in_one_statement() -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Heartbeat.objects.create(part=Part.WORKER, beat_at=long_ago)

    with CaptureQueriesContext(connection) as queries:
        record_heartbeat(Part.WORKER)

    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "SELECT"))]
    last = last_heartbeats()[Part.WORKER]
    assert len(written) == 1
    assert Heartbeat.objects.count() == 1
    assert last is not None
    assert 0 <= last.age_seconds < 2


def test_age_is_measured_by_the_clock_of_the_database() -> None:
    record_heartbeat(Part.WORKER)
    Heartbeat.objects.update(beat_at=Heartbeat.objects.get().beat_at - timedelta(seconds=30))

    last = last_heartbeats()[Part.WORKER]

    assert last is not None
    assert 30 <= last.age_seconds < 32


def test_heartbeat_from_the_future_is_not_fresh() -> None:
    Heartbeat.objects.create(part=Part.WORKER, beat_at=timezone.now() + timedelta(minutes=5))

    last = last_heartbeats()[Part.WORKER]

    assert last is not None
    assert not last.is_fresh


@pytest.mark.parametrize(("age", "is_fresh"), [(0.0, True), (SILENT_AFTER_SECONDS, True), (10.1, False)])
def test_heartbeat_is_fresh_for_ten_seconds(age: float, is_fresh: bool) -> None:
    assert LastHeartbeat(timezone.now(), age).is_fresh == is_fresh


def test_timer_records_at_once_and_then_only_when_due(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 100.0}
    recorded: list[tuple[Part, float]] = []
    monkeypatch.setattr("transfers.operations.heartbeats.time.monotonic", lambda: clock["now"])
    monkeypatch.setattr(heartbeats, "record_heartbeat", lambda part: recorded.append((part, clock["now"])))
    timer = HeartbeatTimer(Part.SWEEPER)

    for now in (100.0, 100.5, 101.9, 102.0, 102.5):
        clock["now"] = now
        timer.record_if_due()

    assert recorded == [(Part.SWEEPER, 100.0), (Part.SWEEPER, 102.0)]


def test_failed_heartbeat_is_recorded_in_the_next_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_part: Part) -> None:
        raise OperationalError("failure of the test")

    timer = HeartbeatTimer(Part.SWEEPER)
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(heartbeats, "record_heartbeat", fail)
        timer.record_if_due()

    timer.record_if_due()

    assert last_heartbeats()[Part.SWEEPER] is not None


def test_periodic_task_records_the_heartbeat_of_the_worker() -> None:
    tasks.report_alive()

    last = last_heartbeats()
    assert last[Part.WORKER] is not None
    assert last[Part.SWEEPER] is None


def test_periodic_task_runs_at_the_interval_of_heartbeats() -> None:
    entry: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE["report-alive"]

    assert entry["task"] == tasks.report_alive.name
    assert entry["schedule"] == entry["options"]["expires"] == HEARTBEAT_SECONDS
