"""The record of a run: history and final state, with the lookups that the promises share."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from scripts.chaos.final_state import UNDER_WAY, FinalState, LedgerRequest, TransferRow
from scripts.chaos.history import CallerAnswer, History, Submission
from scripts.stack.parts import kind_of

PAUSES_THE_CLOCK = frozenset({"database", "database_away", "machine"})
"""Targets whose faults do not count as time to report; the sweepers only while all were unavailable together."""

_CLOCK_DIFFERENCE = 0.05
"""Seconds by which the database's clock may differ from ours."""

Interval = tuple[float, float]
Item = TypeVar("Item")
Key = TypeVar("Key", str, int)


@dataclass(frozen=True)
class Violation:
    """A broken promise, the transfer concerned (None: no certain one), and what proves it."""

    promise: str
    transfer_id: int | None
    finding: str


@dataclass(frozen=True)
class RunRecord:
    """One run. Times are seconds of the monotonic clock, as in the history."""

    history: History
    final_state: FinalState

    @cached_property
    def rows(self) -> dict[int, TransferRow]:
        """The rows by transfer."""
        return {row.transfer_id: row for row in self.final_state.rows}

    @cached_property
    def rows_of_form(self) -> dict[str, list[TransferRow]]:
        """The rows by request key."""
        return _group(self.final_state.rows, lambda row: row.request_key)

    @cached_property
    def rows_of_call(self) -> dict[str, list[TransferRow]]:
        """The rows by call."""
        return _group(self.final_state.rows, lambda row: row.call_uuid)

    @cached_property
    def submissions_of_form(self) -> dict[str, list[Submission]]:
        """The submissions by request key."""
        return _group(self.history.submissions, lambda submission: submission.request_key)

    @cached_property
    def caller_answers_of(self) -> dict[int, list[CallerAnswer]]:
        """The agents' answers after an unknown outcome, by transfer."""
        return _group(self.history.caller_answers, lambda answer: answer.transfer_id)

    @cached_property
    def _requests(self) -> dict[str, list[LedgerRequest]]:
        return _group(self.final_state.requests, lambda request: f"{request.call_uuid} {request.destination}")

    def requests_of(self, row: TransferRow) -> list[LedgerRequest]:
        """Return the ledger's requests of a transfer. Each transfer has a destination of its own."""
        return self._requests.get(f"{row.call_uuid} {row.destination}", [])

    def has_moved(self, row: TransferRow) -> bool:
        """Return whether TENIOS really moved the caller for this transfer."""
        return any(request.has_moved for request in self.requests_of(row))

    def has_fault(self, kinds: frozenset[str], start: float, end: float) -> bool:
        """Return whether a fault of one of these kinds of target overlaps the time; `worker` includes `worker.2`."""
        return _covered_seconds(self._fault_intervals(lambda target: kind_of(target) in kinds), start, end) > 0

    def paused_seconds(self, start: float, end: float) -> float:
        """Return how many seconds between start and end do not count as time to report."""
        pauses = self._fault_intervals(PAUSES_THE_CLOCK.__contains__)
        return _covered_seconds([*pauses, *self._intervals_without_sweeper], start, end)

    def clicked_at(self, row: TransferRow) -> float | None:
        """Return when the submission that created the transfer began; None if no submission is known.

        If no submission was under way at that time, the first accepted one of the form counts, else the first.
        """
        submissions = self.submissions_of_form.get(row.request_key, [])
        created_at = self.history.monotonic(row.requested_at)
        under_way = [
            submission
            for submission in submissions
            if submission.started_at <= created_at + _CLOCK_DIFFERENCE <= submission.ended_at + 2 * _CLOCK_DIFFERENCE
        ]
        accepted = [submission for submission in submissions if submission.is_accepted]
        return min((submission.started_at for submission in under_way or accepted or submissions), default=None)

    def reported_at(self, row: TransferRow) -> float | None:
        """Return when the database first had a state other than under way."""
        states = self.history.first_stored.get(row.transfer_id, {})
        return min((at for state, at in states.items() if state not in UNDER_WAY), default=None)

    def seconds_to_report(self, row: TransferRow) -> tuple[float, float] | None:
        """Return the seconds from click to report: in all, and without the pauses. None without a report."""
        clicked_at, reported_at = self.clicked_at(row), self.reported_at(row)
        if clicked_at is None or reported_at is None:
            return None
        seconds = reported_at - clicked_at
        return seconds, seconds - self.paused_seconds(clicked_at, reported_at)

    @cached_property
    def _intervals_without_sweeper(self) -> list[Interval]:
        """When all sweepers were unavailable together."""
        intervals = [(0.0, float("inf"))]
        for name in self.final_state.sweepers:
            intervals = _intersect(intervals, self._fault_intervals(name.__eq__))
        return intervals

    def _fault_intervals(self, is_meant: Callable[[str], bool]) -> list[Interval]:
        return [(fault.started_at, fault.ended_at) for fault in self.history.faults if is_meant(fault.target)]


def _intersect(left: list[Interval], right: list[Interval]) -> list[Interval]:
    overlaps = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return [(start, end) for start, end in overlaps if start < end]


def _covered_seconds(intervals: Iterable[Interval], start: float, end: float) -> float:
    """Return how many seconds between start and end the intervals cover together."""
    covered, reached = 0.0, start
    for begin, finish in sorted(intervals):
        begin, finish = max(begin, reached), min(finish, end)
        if finish > begin:
            covered, reached = covered + finish - begin, finish
    return covered


def _group(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)
