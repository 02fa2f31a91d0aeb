"""Names, labels and buckets of the totals. A published name never changes its meaning."""

import math
from dataclasses import dataclass

from transfers.lifecycle.states import SETTLED
from transfers.models import TransferState

PREFIX = "transferdesk_"
INF = "inf"
"""The value of `MetricTotal.upper_bound` for observations above all bounds."""


@dataclass(frozen=True)
class Counter:
    """A total that only grows, with at most one label. `values` are the label's values."""

    name: str
    help: str
    label: str = ""
    values: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Histogram(Counter):
    """The number of observations up to each of `bounds` (seconds)."""

    bounds: tuple[float, ...] = ()

    def bound_of(self, seconds: float) -> str:
        """Return the lowest bound that is not below `seconds`, as `MetricTotal.upper_bound` stores it."""
        return bound_text(next((bound for bound in self.bounds if seconds <= bound), math.inf))


def bound_text(bound: float) -> str:
    """Return a bound as `MetricTotal.upper_bound` stores it: `0.25`, `5`, `inf`."""
    return f"{bound:g}"


_SETTLED = tuple(sorted(SETTLED))

REQUESTED = Counter("transfers_requested", "Transfers that people requested.")
TRANSITIONS = Counter(
    "transfer_transitions", "Steps of transfers, by the state they led to.", "state", tuple(TransferState.values)
)
DUE_TO_SENT = Histogram(
    "transfer_due_to_sent_seconds",
    "From the end of the time to undo until a sender claimed the transfer.",
    bounds=(0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5),
)
SENT_TO_VERDICT = Histogram(
    "transfer_sent_to_verdict_seconds",
    "From the claim until the first verdict was recorded.",
    "verdict",
    (TransferState.ACCEPTED, TransferState.REJECTED, TransferState.NOT_SENT, TransferState.UNKNOWN),
    bounds=(0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15),
)
ACCEPTED_TO_SETTLED = Histogram(
    "transfer_accepted_to_settled_seconds",
    "From TENIOS' acceptance until it was known whether the destination answered.",
    "state",
    (TransferState.ANSWERED, TransferState.NOT_ANSWERED),
    bounds=(1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 900, 3600),
)
REQUESTED_TO_SETTLED = Histogram(
    "transfer_requested_to_settled_seconds",
    "From the click until the transfer was settled, the time to undo included.",
    "state",
    _SETTLED,
    bounds=(1, 2, 3, 4, 5, 6, 8, 10, 15, 30, 60, 120, 300, 900, 3600),
)

COUNTERS = (REQUESTED, TRANSITIONS)
HISTOGRAMS = (DUE_TO_SENT, SENT_TO_VERDICT, ACCEPTED_TO_SETTLED, REQUESTED_TO_SETTLED)
