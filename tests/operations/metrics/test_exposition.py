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
from transfers.operations.heartbeats import LastHeartbeat
from transfers.operations.metrics.definitions import COUNTERS, HISTOGRAMS

pytestmark = pytest.mark.django_db

Labels = tuple[tuple[str, str], ...]


def health() -> SystemHealth:
    now = timezone.now()
    return SystemHealth(
        is_database_ok=True, is_redis_ok=True, worker=LastHeartbeat(now, 1.5), sweeper=None, gate=GateState(read_at=now)
    )


def samples(state: SystemHealth | None = None) -> dict[tuple[str, Labels], float]:
    """The samples that Prometheus would read, by name and labels."""
    text = metrics.render_metrics(state or health()).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_metric_exists_and_is_zero_at_first() -> None:
    values = samples()

    assert values["transferdesk_transfers_requested_total", ()] == 0
    assert values["transferdesk_transfer_transitions_total", (("state", "accepted"),)] == 0
    assert values["transferdesk_transfer_due_to_sent_seconds_bucket", (("le", "+Inf"),)] == 0
    assert values["transferdesk_oldest_open_transfer_seconds", (("state", "unknown"),)] == 0
    assert values["transferdesk_uncounted_audit_entries", ()] == 0


def test_totals_become_counters_and_cumulative_buckets() -> None:
    MetricTotal.objects.create(name="transfers_requested", count=7)
    for bound, count, seconds in (("0.1", 4, 0.0), ("0.5", 2, 0.0), ("inf", 1, 9.25)):
        MetricTotal.objects.create(
            name="transfer_due_to_sent_seconds", upper_bound=bound, count=count, total_seconds=seconds
        )

    values = samples()

    name = "transferdesk_transfer_due_to_sent_seconds"
    assert values["transferdesk_transfers_requested_total", ()] == 7
    assert [values[f"{name}_bucket", (("le", le),)] for le in ("0.05", "0.1", "0.25", "0.5", "5", "+Inf")] == [
        *(0, 4, 4, 6, 6, 7)
    ]
    assert values[f"{name}_count", ()] == 7
    assert values[f"{name}_sum", ()] == 9.25


def test_open_transfers_are_counted_by_state_with_the_age_of_the_oldest() -> None:
    ago = timezone.now() - timedelta(seconds=40)
    make_transfer(state=TransferState.UNKNOWN, requested_at=ago)
    make_transfer(state=TransferState.UNKNOWN)
    make_transfer(state=TransferState.ANSWERED, requested_at=ago)

    values = samples()

    unknown = (("state", "unknown"),)
    assert values["transferdesk_open_transfers", unknown] == 2
    assert values["transferdesk_open_transfers", (("state", "requested"),)] == 0
    assert 40 <= values["transferdesk_oldest_open_transfer_seconds", unknown] < 45


def test_live_calls_are_those_that_have_not_ended() -> None:
    make_call()
    make_call(state=CallState.RINGING)
    make_call(state=CallState.ENDED)

    assert samples()["transferdesk_live_calls", ()] == 2


def test_part_without_a_heartbeat_has_an_infinite_age() -> None:
    values = samples()

    assert values["transferdesk_heartbeat_age_seconds", (("part", "worker"),)] == 1.5
    assert values["transferdesk_heartbeat_age_seconds", (("part", "sweeper"),)] == math.inf


@pytest.mark.parametrize(
    ("is_stopped", "is_paused", "gate", "level"),
    [(False, False, "open", "unguarded"), (True, False, "stopped", "stopped"), (False, True, "paused", "paused")],
)
def test_exactly_one_state_of_the_gate_and_one_level_is_1(
    is_stopped: bool, is_paused: bool, gate: str, level: str
) -> None:
    now = timezone.now()
    gate_state = GateState(
        read_at=now,
        stopped_at=now if is_stopped else None,
        paused_until_at=now + timedelta(seconds=20) if is_paused else None,
    )
    state = SystemHealth(is_database_ok=True, is_redis_ok=True, worker=LastHeartbeat(now, 1), gate=gate_state)

    values = samples(state)

    set_to_one = {
        (name, labels) for (name, labels), value in values.items() if value == 1 and name.endswith(("gate", "level"))
    }
    assert set_to_one == {
        ("transferdesk_sending_gate", (("state", gate),)),
        ("transferdesk_level", (("level", level),)),
    }


def test_every_name_and_label_fits_its_column() -> None:
    for metric in (*COUNTERS, *HISTOGRAMS):
        assert len(metric.name) <= 48
        assert all(len(value) <= 48 for value in metric.values)
    assert all(len(f"{bound:g}") <= 8 for histogram in HISTOGRAMS for bound in histogram.bounds)


def test_number_of_queries_does_not_grow_with_the_rows() -> None:
    for _ in range(5):
        make_transfer(state=TransferState.UNKNOWN)

    with CaptureQueriesContext(connection) as queries:
        samples()

    assert len(queries) == 8
