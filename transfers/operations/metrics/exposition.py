"""All metrics as Prometheus text (exposition format 0.0.4), written by the official client library."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from transfers.models import MetricTotal
from transfers.operations.health import SystemHealth
from transfers.operations.metrics.definitions import COUNTERS, HISTOGRAMS, INF, PREFIX, Counter, Histogram, bound_text
from transfers.operations.metrics.gauges import read_gauges

CONTENT_TYPE = CONTENT_TYPE_LATEST

_Totals = Mapping[tuple[str, str], Mapping[str, MetricTotal]]
"""Rows of `MetricTotal` by name and label, then by upper bound."""


def render_metrics(health: SystemHealth) -> bytes:
    """Return all gauges and totals. `health` must come from a read in which the database answered.

    Raises what the database raises.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_AllMetrics(health))
    return generate_latest(registry)


class _AllMetrics(Collector):
    def __init__(self, health: SystemHealth) -> None:
        self._health = health

    def describe(self) -> list[Metric]:
        """Describe nothing, because registering a collector must not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read all gauges and totals once."""
        totals = _read_totals()
        yield from read_gauges(self._health)
        yield from (_counter_family(counter, totals) for counter in COUNTERS)
        yield from (_histogram_family(histogram, totals) for histogram in HISTOGRAMS)


def _read_totals() -> _Totals:
    totals: defaultdict[tuple[str, str], dict[str, MetricTotal]] = defaultdict(dict)
    for row in MetricTotal.objects.all():
        totals[row.name, row.label][row.upper_bound] = row
    return totals


def _counter_family(counter: Counter, totals: _Totals) -> CounterMetricFamily:
    family = CounterMetricFamily(PREFIX + counter.name, counter.help, labels=_labels(counter))
    for value in counter.values:
        row = totals.get((counter.name, value), {}).get("")
        family.add_metric([value] if counter.label else [], row.count if row else 0)
    return family


def _histogram_family(histogram: Histogram, totals: _Totals) -> HistogramMetricFamily:
    """Prometheus' buckets include the smaller ones and our rows do not, so the counts are accumulated."""
    family = HistogramMetricFamily(PREFIX + histogram.name, histogram.help, labels=_labels(histogram))
    bounds = [*map(bound_text, histogram.bounds), INF]
    for value in histogram.values:
        rows = totals.get((histogram.name, value), {})
        counts = accumulate(rows[bound].count if bound in rows else 0 for bound in bounds)
        names = ("+Inf" if bound == INF else bound for bound in bounds)
        buckets = [(name, float(count)) for name, count in zip(names, counts, strict=True)]
        sum_seconds = rows[INF].total_seconds if INF in rows else 0.0
        family.add_metric([value] if histogram.label else [], buckets=buckets, sum_value=sum_seconds)
    return family


def _labels(counter: Counter) -> list[str]:
    return [counter.label] if counter.label else []
