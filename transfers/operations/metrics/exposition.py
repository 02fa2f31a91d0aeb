"""All figures as Prometheus text (exposition format 0.0.4), written by its own client."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from transfers.models import MetricTotal
from transfers.operations.health import SystemHealth
from transfers.operations.metrics.definitions import COUNTERS, HISTOGRAMS, INF, PREFIX, Counter, Histogram, bound_word
from transfers.operations.metrics.present import read_present

CONTENT_TYPE = CONTENT_TYPE_LATEST

_Totals = Mapping[tuple[str, str], Mapping[str, MetricTotal]]
"""Rows of `MetricTotal` by name and label, then by upper bound."""


def render_metrics(health: SystemHealth) -> bytes:
    """Return the present state and all totals. `health` is a look at a database that answered.

    Raises what the database raises.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_AllFigures(health))
    return generate_latest(registry)


class _AllFigures(Collector):
    def __init__(self, health: SystemHealth) -> None:
        self._health = health

    def describe(self) -> list[Metric]:
        """Promise nothing before it is asked: registering must not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read everything once."""
        totals = _read_totals()
        yield from read_present(self._health)
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
    """Add the rows up: Prometheus' buckets contain the smaller ones, our rows do not."""
    family = HistogramMetricFamily(PREFIX + histogram.name, histogram.help, labels=_labels(histogram))
    words = [*(bound_word(bound) for bound in histogram.bounds), INF]
    for value in histogram.values:
        rows = totals.get((histogram.name, value), {})
        counts = accumulate(rows[word].count if word in rows else 0 for word in words)
        buckets = [("+Inf" if word == INF else word, float(count)) for word, count in zip(words, counts, strict=True)]
        sum_seconds = rows[INF].total_seconds if INF in rows else 0.0
        family.add_metric([value] if histogram.label else [], buckets=buckets, sum_value=sum_seconds)
    return family


def _labels(counter: Counter) -> list[str]:
    return [counter.label] if counter.label else []
