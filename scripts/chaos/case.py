"""One run with the look-ups that all promises share: which row, which request, which fault belongs to what."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from scripts.chaos.evidence import Evidence, Request, Row
from scripts.chaos.history import History, Post, Word
from scripts.stack_parts import kind_of

UNTOLD = frozenset({"requested", "sending"})

STOPS_THE_CLOCK = frozenset({"database", "database_away", "machine"})
"""Faults whose time does not count; that of the sweepers only where all of them were gone at once."""

_CLICK_SLACK = 0.05
"""Seconds by which the database's clock may differ from ours."""

Span = tuple[float, float]
Item = TypeVar("Item")
Key = TypeVar("Key", str, int)


@dataclass(frozen=True)
class Violation:
    """A broken promise, the transfer concerned (None: none can be named), and what shows it."""

    promise: str
    transfer_id: int | None
    finding: str


@dataclass(frozen=True)
class Case:
    """One run, with the look-ups the promises share."""

    history: History
    evidence: Evidence

    @cached_property
    def rows(self) -> dict[int, Row]:
        """The rows by transfer."""
        return {row.transfer_id: row for row in self.evidence.rows}

    @cached_property
    def rows_of_form(self) -> dict[str, list[Row]]:
        """The rows by request key."""
        return _grouped(self.evidence.rows, lambda row: row.request_key)

    @cached_property
    def rows_of_call(self) -> dict[str, list[Row]]:
        """The rows by call."""
        return _grouped(self.evidence.rows, lambda row: row.call_uuid)

    @cached_property
    def posts_of_form(self) -> dict[str, list[Post]]:
        """The postings by request key."""
        return _grouped(self.history.posts, lambda post: post.request_key)

    @cached_property
    def words_of(self) -> dict[int, list[Word]]:
        """What persons said of an unclear outcome, by transfer."""
        return _grouped(self.history.words, lambda word: word.transfer_id)

    @cached_property
    def _requests(self) -> dict[str, list[Request]]:
        return _grouped(self.evidence.requests, lambda request: f"{request.call_uuid} {request.destination}")

    def requests_of(self, row: Row) -> list[Request]:
        """The lines of the ledger about a transfer: each has a destination of its own."""
        return self._requests.get(f"{row.call_uuid} {row.destination}", [])

    def is_under(self, kinds: frozenset[str], start: float, end: float) -> bool:
        """Whether a fault of one of these kinds of target (`worker` is `worker.2` as well) overlaps that time."""
        return _overlap(self._spans(lambda target: kind_of(target) in kinds), start, end) > 0

    def paused_seconds(self, start: float, end: float) -> float:
        """How much of a stretch of time does not count."""
        return _overlap([*self._spans(STOPS_THE_CLOCK.__contains__), *self._spans_without_sweeper], start, end)

    def clicked_at(self, row: Row) -> float | None:
        """When the posting that made the transfer began, else the form's first with success, else its first.

        None: it was posted by nobody known.
        """
        posts = self.posts_of_form.get(row.request_key, [])
        made_at = self.history.monotonic(row.requested_at)
        making = [
            post for post in posts if post.started_at <= made_at + _CLICK_SLACK <= post.ended_at + 2 * _CLICK_SLACK
        ]
        best = making or [post for post in posts if post.is_accepted] or posts
        return min((post.started_at for post in best), default=None)

    def told_at(self, row: Row) -> float | None:
        """When the database first showed more than that it is on its way."""
        seen = self.history.first_seen.get(row.transfer_id, {})
        return min((at for state, at in seen.items() if state not in UNTOLD), default=None)

    def seconds_to_tell(self, row: Row) -> tuple[float, float] | None:
        """From click to news: as a clock on the wall has it, and without the pauses. None without news."""
        clicked_at, told_at = self.clicked_at(row), self.told_at(row)
        if clicked_at is None or told_at is None:
            return None
        return told_at - clicked_at, told_at - clicked_at - self.paused_seconds(clicked_at, told_at)

    @cached_property
    def _spans_without_sweeper(self) -> list[Span]:
        """When no sweeper was at work."""
        spans = [(0.0, float("inf"))]
        for name in self.evidence.sweepers:
            own = self._spans(name.__eq__)
            spans = [
                (max(begin, start), min(end, finish))
                for begin, end in spans
                for start, finish in own
                if max(begin, start) < min(end, finish)
            ]
        return spans

    def _spans(self, is_meant: Callable[[str], bool]) -> list[Span]:
        return [(fault.started_at, fault.ended_at) for fault in self.history.faults if is_meant(fault.target)]


def _overlap(spans: Iterable[Span], start: float, end: float) -> float:
    """Return how much of start..end these stretches cover together, in seconds."""
    covered, reached = 0.0, start
    for begin, finish in sorted(spans):
        begin, finish = max(begin, reached), min(finish, end)
        if finish > begin:
            covered, reached = covered + finish - begin, finish
    return covered


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return dict(groups)
