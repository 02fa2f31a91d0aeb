"""What operations measure: totals counted once from the audit log, and the present state read at each scrape.

exposition    `render_metrics`: all of it as Prometheus text
present       figures that go up and down, read when somebody asks
counting      `count_new_entries`: the audit log into `MetricTotal`, each entry exactly once
tally         what a batch of audit entries adds to the totals
definitions   names, labels and buckets
"""

from transfers.operations.metrics.counting import count_new_entries
from transfers.operations.metrics.exposition import CONTENT_TYPE, render_metrics

__all__ = ["CONTENT_TYPE", "count_new_entries", "render_metrics"]
