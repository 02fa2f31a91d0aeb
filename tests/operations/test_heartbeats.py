from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from transfers import tasks
from transfers.models import Heartbeat
from transfers.operations import heartbeats
from transfers.operations.heartbeats import BEAT_SECONDS, SILENT_AFTER_SECONDS, Beat, Part, Pulse

pytestmark = pytest.mark.django_db


def test_a_part_that_never_beat_has_no_age() -> None:
    heartbeats.beat(Part.SWEEPER)

    ages = heartbeats.ages()

    assert ages[Part.WORKER] is None
    assert ages[Part.SWEEPER] is not None


def test_a_beat_replaces_the_one_before_in_one_statement() -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Heartbeat.objects.create(part=Part.WORKER, beat_at=long_ago)

    with CaptureQueriesContext(connection) as queries:
        heartbeats.beat(Part.WORKER)

    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "SELECT"))]
    age = heartbeats.ages()[Part.WORKER]
    assert len(written) == 1
    assert Heartbeat.objects.count() == 1
    assert age is not None
    assert 0 <= age < 2


def test_an_age_counts_by_the_clock_of_the_database() -> None:
    heartbeats.beat(Part.WORKER)
    Heartbeat.objects.update(beat_at=Heartbeat.objects.get().beat_at - timedelta(seconds=30))

    age = heartbeats.ages()[Part.WORKER]

    assert age is not None
    assert 30 <= age < 32


def test_a_beat_from_the_future_is_not_believed() -> None:
    Heartbeat.objects.create(part=Part.WORKER, beat_at=timezone.now() + timedelta(minutes=5))

    beat = heartbeats.last_beats()[Part.WORKER]

    assert beat is not None
    assert not beat.is_fresh


@pytest.mark.parametrize(("age", "is_fresh"), [(0.0, True), (SILENT_AFTER_SECONDS, True), (10.1, False)])
def test_a_beat_is_believed_for_ten_seconds(age: float, is_fresh: bool) -> None:
    assert Beat(timezone.now(), age).is_fresh == is_fresh


def test_a_loop_beats_at_once_and_then_only_when_a_beat_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 100.0}
    beats: list[tuple[Part, float]] = []
    monkeypatch.setattr("transfers.operations.heartbeats.time.monotonic", lambda: clock["now"])
    monkeypatch.setattr(heartbeats, "beat", lambda part: beats.append((part, clock["now"])))
    pulse = Pulse(Part.SWEEPER)

    for now in (100.0, 100.5, 101.9, 102.0, 102.5):
        clock["now"] = now
        pulse.beat_if_due()

    assert beats == [(Part.SWEEPER, 100.0), (Part.SWEEPER, 102.0)]


def test_a_beat_that_could_not_be_written_is_tried_again_at_the_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_part: Part) -> None:
        raise OperationalError("as told")

    pulse = Pulse(Part.SWEEPER)
    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(heartbeats, "beat", fail)
        pulse.beat_if_due()

    pulse.beat_if_due()

    assert heartbeats.ages()[Part.SWEEPER] is not None


def test_the_task_of_the_clock_beats_for_the_worker() -> None:
    tasks.report_alive()

    ages = heartbeats.ages()
    assert ages[Part.WORKER] is not None
    assert ages[Part.SWEEPER] is None


def test_the_clock_asks_for_a_sign_of_life_as_often_as_one_is_expected() -> None:
    entry: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE["report-alive"]

    assert entry["task"] == tasks.report_alive.name
    assert entry["schedule"] == entry["options"]["expires"] == BEAT_SECONDS
