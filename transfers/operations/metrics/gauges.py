"""The current state, read at each scrape, each number by an index. Every process reports the same numbers."""

import math
from collections.abc import Iterator, Mapping

from django.db.models import Count, DateTimeField
from django.db.models.functions import Now
from prometheus_client.core import GaugeMetricFamily

from transfers.models import OPEN_STATES, Call, Transfer
from transfers.operations.health import Level, SystemHealth
from transfers.operations.heartbeats import Part
from transfers.operations.metrics.counting import uncounted_entries
from transfers.operations.metrics.definitions import PREFIX


def read_gauges(health: SystemHealth) -> Iterator[GaugeMetricFamily]:
    """Yield every gauge. `health` must come from a read in which the database answered."""
    yield _open_transfers()
    yield _oldest_open_transfers()
    yield _gauge("live_calls", "Calls that have not ended.", {"": Call.objects.live().count()})
    yield _heartbeat_ages(health)
    levels = {str(level): level == health.level for level in Level}
    yield _gauge("level", "1 for the present level.", levels, "level")
    yield _sending_gate(health)
    yield _gauge("redis_up", "Whether Redis answered the last ping.", {"": bool(health.is_redis_ok)})
    uncounted = uncounted_entries()
    yield _gauge("uncounted_audit_entries", "Audit entries that the totals do not include yet.", {"": uncounted})


def _gauge(name: str, help_text: str, values: Mapping[str, float], label: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, help_text, labels=[label] if label else [])
    for value_of_label, value in values.items():
        family.add_metric([value_of_label] if label else [], float(value))
    return family


def _open_transfers() -> GaugeMetricFamily:
    rows = Transfer.objects.open().values_list("state").annotate(Count("pk"))
    counts = dict(rows.order_by("state"))
    values = {str(state): counts.get(state, 0) for state in OPEN_STATES}
    return _gauge("open_transfers", "Transfers that block another one of their call, by state.", values, "state")


def _oldest_open_transfers() -> GaugeMetricFamily:
    values = {str(state): _oldest_age(state) for state in OPEN_STATES}
    help_text = "Seconds since the oldest transfer in this state was requested; 0 if there is none."
    return _gauge("oldest_open_transfer_seconds", help_text, values, "state")


def _oldest_age(state: str) -> float:
    in_state = Transfer.objects.filter(state=state).order_by("requested_at", "pk")
    times = in_state.annotate(now=Now(output_field=DateTimeField())).values_list("requested_at", "now").first()
    return max(0.0, (times[1] - times[0]).total_seconds()) if times else 0.0


def _heartbeat_ages(health: SystemHealth) -> GaugeMetricFamily:
    last = {str(Part.WORKER): health.worker, str(Part.SWEEPER): health.sweeper}
    values = {part: heartbeat.age_seconds if heartbeat else math.inf for part, heartbeat in last.items()}
    return _gauge("heartbeat_age_seconds", "Seconds since the last heartbeat; +Inf for never.", values, "part")


def _sending_gate(health: SystemHealth) -> GaugeMetricFamily:
    gate = health.gate
    is_stopped, is_paused = bool(gate and gate.is_stopped), bool(gate and gate.is_paused)
    values = {"open": not is_stopped and not is_paused, "stopped": is_stopped, "paused": is_paused}
    return _gauge("sending_gate", "1 for the state that decides whether requests are sent to TENIOS.", values, "state")
