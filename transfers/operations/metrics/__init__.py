"""Metrics for Prometheus: totals counted once from the audit log, and gauges read at each scrape.

exposition    `render_metrics`: all metrics as Prometheus text
gauges        the current state, read at each scrape
counting      `count_new_entries`: adds audit entries to `MetricTotal`, each exactly once
tally         what a batch of audit entries adds to the totals
definitions   names, labels and buckets
"""

from transfers.operations.metrics.counting import count_new_entries
from transfers.operations.metrics.exposition import CONTENT_TYPE, render_metrics

__all__ = ["CONTENT_TYPE", "count_new_entries", "render_metrics"]
