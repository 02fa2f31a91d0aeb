import math
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.factories import make_call, make_transfer
from transfers.lifecycle.gate import GateState
from transfers.models import CallState, MetricTotal, TransferState
from transfers.operations import metrics
from transfers.operations.health import SystemHealth
from transfers.operations.heartbeats import Beat
from transfers.operations.metrics.definitions import COUNTERS, HISTOGRAMS

pytestmark = pytest.mark.django_db

Labels = tuple[tuple[str, str], ...]


def health() -> SystemHealth:
    now = timezone.now()
    return SystemHealth(
        is_database_ok=True, is_redis_ok=True, worker=Beat(now, 1.5), sweeper=None, gate=GateState(read_at=now)
    )


def figures(state: SystemHealth | None = None) -> dict[tuple[str, Labels], float]:
    """What Prometheus would read."""
    text = metrics.render_metrics(state or health()).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_before_anything_happened_every_figure_is_there_and_nought() -> None:
    seen = figures()

    assert seen["transferdesk_transfers_requested_total", ()] == 0
    assert seen["transferdesk_transfer_transitions_total", (("state", "accepted"),)] == 0
    assert seen["transferdesk_transfer_due_to_sent_seconds_bucket", (("le", "+Inf"),)] == 0
    assert seen["transferdesk_oldest_open_transfer_seconds", (("state", "unknown"),)] == 0
    assert seen["transferdesk_uncounted_audit_entries", ()] == 0


def test_totals_become_counters_and_buckets_that_contain_the_smaller_ones() -> None:
    MetricTotal.objects.create(name="transfers_requested", count=7)
    for bound, count, seconds in (("0.1", 4, 0.0), ("0.5", 2, 0.0), ("inf", 1, 9.25)):
        MetricTotal.objects.create(
            name="transfer_due_to_sent_seconds", upper_bound=bound, count=count, total_seconds=seconds
        )

    seen = figures()

    name = "transferdesk_transfer_due_to_sent_seconds"
    assert seen["transferdesk_transfers_requested_total", ()] == 7
    assert [seen[f"{name}_bucket", (("le", le),)] for le in ("0.05", "0.1", "0.25", "0.5", "5", "+Inf")] == [
        *(0, 4, 4, 6, 6, 7)
    ]
    assert seen[f"{name}_count", ()] == 7
    assert seen[f"{name}_sum", ()] == 9.25


def test_open_transfers_are_counted_by_state_with_the_age_of_the_oldest() -> None:
    ago = timezone.now() - timedelta(seconds=40)
    make_transfer(state=TransferState.UNKNOWN, requested_at=ago)
    make_transfer(state=TransferState.UNKNOWN)
    make_transfer(state=TransferState.ANSWERED, requested_at=ago)

    seen = figures()

    unknown = (("state", "unknown"),)
    assert seen["transferdesk_open_transfers", unknown] == 2
    assert seen["transferdesk_open_transfers", (("state", "requested"),)] == 0
    assert 40 <= seen["transferdesk_oldest_open_transfer_seconds", unknown] < 45


def test_live_calls_are_those_that_have_not_ended() -> None:
    make_call()
    make_call(state=CallState.RINGING)
    make_call(state=CallState.ENDED)

    assert figures()["transferdesk_live_calls", ()] == 2


def test_a_part_that_never_gave_a_sign_of_life_is_infinitely_old() -> None:
    seen = figures()

    assert seen["transferdesk_heartbeat_age_seconds", (("part", "worker"),)] == 1.5
    assert seen["transferdesk_heartbeat_age_seconds", (("part", "sweeper"),)] == math.inf


@pytest.mark.parametrize(
    ("is_stopped", "is_paused", "gate", "level"),
    [(False, False, "open", "unguarded"), (True, False, "stopped", "stopped"), (False, True, "paused", "paused")],
)
def test_exactly_one_state_of_the_gate_and_one_level_is_1(
    is_stopped: bool, is_paused: bool, gate: str, level: str
) -> None:
    now = timezone.now()
    read = GateState(
        read_at=now,
        stopped_at=now if is_stopped else None,
        paused_until_at=now + timedelta(seconds=20) if is_paused else None,
    )
    state = SystemHealth(is_database_ok=True, is_redis_ok=True, worker=Beat(now, 1), gate=read)

    seen = figures(state)

    raised = {
        (name, labels) for (name, labels), value in seen.items() if value == 1 and name.endswith(("gate", "level"))
    }
    assert raised == {
        ("transferdesk_sending_gate", (("state", gate),)),
        ("transferdesk_level", (("level", level),)),
    }


def test_every_name_and_label_fits_its_column() -> None:
    for metric in (*COUNTERS, *HISTOGRAMS):
        assert len(metric.name) <= 48
        assert all(len(value) <= 48 for value in metric.values)
    assert all(len(f"{bound:g}") <= 8 for histogram in HISTOGRAMS for bound in histogram.bounds)


def test_a_scrape_asks_the_same_few_questions_however_much_there_is() -> None:
    for _ in range(5):
        make_transfer(state=TransferState.UNKNOWN)

    with CaptureQueriesContext(connection) as queries:
        figures()

    assert len(queries) == 8
