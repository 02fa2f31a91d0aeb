"""How the wallboard counts outcomes, and how long the destinations rang."""

from collections.abc import Mapping
from dataclasses import dataclass

from transfers.models import TransferState

_S = TransferState
OUTCOME_OF_STATE = {
    _S.ANSWERED: "answered",
    _S.NOT_ANSWERED: "not_answered",
    _S.REJECTED: "failed",
    _S.NOT_SENT: "failed",
    _S.EXPIRED: "failed",
    _S.NOT_EXECUTED: "failed",
    _S.UNKNOWN: "unconfirmed",
    _S.ACCEPTED: "under_way",
    _S.REQUESTED: "under_way",
    _S.SENDING: "under_way",
    _S.CANCELLED: "undone",
}
"""The field of `Outcomes` that counts a state."""


@dataclass(frozen=True)
class Outcomes:
    """The number of today's transfers by outcome. One accepted more than 45 s ago without an answer is unconfirmed."""

    answered: int = 0
    not_answered: int = 0
    failed: int = 0
    unconfirmed: int = 0
    under_way: int = 0
    undone: int = 0

    @property
    def total(self) -> int:
        """All requested transfers, including those undone."""
        return self.finished + self.under_way + self.undone

    @property
    def finished(self) -> int:
        """All transfers whose outcome should be known by now. The share of answered transfers refers to these."""
        return self.answered + self.not_answered + self.failed + self.unconfirmed

    @property
    def answered_percent(self) -> int | None:
        """The share of answered transfers among the finished, rounded down so that 100 means all; None without any."""
        return 100 * self.answered // self.finished if self.finished else None


@dataclass(frozen=True)
class Rings:
    """How many seconds the destinations rang before they answered, for the answers whose time is known."""

    count: int
    median: int
    nine_of_ten: int

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> "Rings | None":
        """Compute them from the number of answers by seconds; None without any answer."""
        total = sum(counts.values())
        if not total:
            return None
        return cls(total, median=_at_share(counts, total / 2), nine_of_ten=_at_share(counts, total * 9 / 10))


def _at_share(counts: Mapping[int, int], count: float) -> int:
    """Return the least number of seconds within which `count` were answered."""
    so_far = 0
    for seconds in sorted(counts):
        so_far += counts[seconds]
        if so_far >= count:
            break
    return seconds
