"""What a batch of audit entries adds to the totals. The same entries always give the same tally.

Durations come from the transfer's row, whose times are all by the database's clock. Only the time to the first verdict
comes from two audit entries, because the row has no time for `unknown`. The same process writes nearly always both.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from transfers.audit_log import AuditAction
from transfers.models import AuditEntry, Transfer, TransferState
from transfers.operations.metrics.definitions import (
    ACCEPTED_TO_SETTLED,
    DUE_TO_SENT,
    INF,
    REQUESTED,
    REQUESTED_TO_SETTLED,
    SENT_TO_VERDICT,
    TRANSITIONS,
    Histogram,
)

Key = tuple[str, str, str]
"""Name, label and upper bound: the key of a row of `MetricTotal`."""

_TIMES = ("requested_at", "due_at", "sent_at", "accepted_at", "settled_at")
_Times = Mapping[str, datetime | None]


@dataclass
class Sum:
    """What the tally adds to one row."""

    count: int = 0
    total_seconds: float = 0.0


class Tally:
    """Sums of observations, by the key of their row."""

    def __init__(self) -> None:
        self.sums: defaultdict[Key, Sum] = defaultdict(Sum)

    def count(self, name: str, label: str = "") -> None:
        """Add one to a counter."""
        self.sums[name, label, ""].count += 1

    def observe(self, histogram: Histogram, seconds: float | None, label: str = "") -> None:
        """Add one observation, or none for None. A negative duration (the clock was set back) counts as 0."""
        if seconds is None:
            return
        seconds = max(0.0, seconds)
        self.sums[histogram.name, label, histogram.bound_of(seconds)].count += 1
        self.sums[histogram.name, label, INF].total_seconds += seconds


def tally_entries(entries: Sequence[AuditEntry]) -> dict[Key, Sum]:
    """Return what these entries add to each row, in two queries for any number of entries."""
    ids = {entry.transfer_id for entry in entries if entry.transfer_id is not None and entry.outcome}
    times = {row["pk"]: row for row in Transfer.objects.filter(pk__in=ids).values("pk", *_TIMES)}
    verdict_seconds = _verdict_seconds(entries, ids)
    tally = Tally()
    for entry in entries:
        _add(tally, entry, times.get(entry.transfer_id, {}))
        if entry.seq in verdict_seconds:
            tally.observe(SENT_TO_VERDICT, verdict_seconds[entry.seq], entry.outcome)
    return dict(tally.sums)


def _add(tally: Tally, entry: AuditEntry, times: _Times) -> None:
    # `transfer_hurried` repeats the state that the transfer already has.
    if not entry.outcome or entry.action == AuditAction.TRANSFER_GRACE_ENDED:
        return
    tally.count(TRANSITIONS.name, entry.outcome)
    if entry.outcome == TransferState.REQUESTED:
        tally.count(REQUESTED.name)
    elif entry.outcome == TransferState.SENDING:
        tally.observe(DUE_TO_SENT, _seconds(times, "due_at", "sent_at"))
    elif entry.outcome in REQUESTED_TO_SETTLED.values:
        tally.observe(REQUESTED_TO_SETTLED, _seconds(times, "requested_at", "settled_at"), entry.outcome)
    if entry.outcome in ACCEPTED_TO_SETTLED.values:
        tally.observe(ACCEPTED_TO_SETTLED, _seconds(times, "accepted_at", "settled_at"), entry.outcome)


def _seconds(times: _Times, begin: str, end: str) -> float | None:
    begin_at, end_at = times.get(begin), times.get(end)
    return (end_at - begin_at).total_seconds() if begin_at and end_at else None


def _verdict_seconds(entries: Sequence[AuditEntry], transfer_ids: Collection[int]) -> dict[int, float]:
    """Return by seq the seconds from claim to verdict, for each entry that is the first verdict on its transfer."""
    steps = AuditEntry.objects.filter(
        transfer_id__in=transfer_ids, outcome__in=[TransferState.SENDING, *SENT_TO_VERDICT.values]
    )
    firsts = dict(_first_verdicts(steps.order_by("transfer_id", "seq")))
    return {entry.seq: firsts[entry.seq] for entry in entries if entry.seq in firsts}


def _first_verdicts(steps: Collection[AuditEntry]) -> Iterator[tuple[int, float]]:
    """Yield seq and seconds of each first verdict. `steps` are ordered by transfer and seq."""
    claim: AuditEntry | None = None
    for step in steps:
        if step.outcome == TransferState.SENDING:
            claim = step
        elif claim is not None and claim.transfer_id == step.transfer_id:
            yield step.seq, (step.recorded_at - claim.recorded_at).total_seconds()
            claim = None
