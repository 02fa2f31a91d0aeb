"""Names, labels and buckets of what is counted. A name that was published keeps its meaning."""

import math
from dataclasses import dataclass

from transfers.lifecycle.states import SETTLED
from transfers.models import TransferState

PREFIX = "transferdesk_"
INF = "inf"
"""The word for "above all bounds" in `MetricTotal.upper_bound`."""


@dataclass(frozen=True)
class Counter:
    """A total that only grows; `values` are those of its one label, or none."""

    name: str
    help: str
    label: str = ""
    values: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Histogram(Counter):
    """How many observations fell up to each of `bounds`, in seconds."""

    bounds: tuple[float, ...] = ()

    def bound_of(self, seconds: float) -> str:
        """Return the word for the lowest bound that is not below `seconds`."""
        return bound_word(next((bound for bound in self.bounds if seconds <= bound), math.inf))


def bound_word(bound: float) -> str:
    """Return a bound as `MetricTotal.upper_bound` has it: `0.25`, `5`, `inf`."""
    return f"{bound:g}"


_SETTLED = tuple(sorted(SETTLED))

REQUESTED = Counter("transfers_requested", "Transfers that people asked for.")
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
    "From the claim until the first verdict was written down.",
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
