"""What each state claims, compared with the ledger of TENIOS (docs/decisions/0003)."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.proofs.machine.fake_tenios import FakeTenios, Leg
from transfers.models import ResolvedBy, Transfer


@dataclass(frozen=True)
class Truth:
    """The real outcome of one transfer: the number of requests that arrived, whether one was accepted, and its leg."""

    requests: int
    was_accepted: bool
    leg: Leg | None

    @property
    def was_moved(self) -> bool:
        """Whether the caller was moved."""
        return self.leg is not None

    @property
    def was_answered(self) -> bool:
        """Whether the destination answered."""
        return self.leg is not None and self.leg.answered_at is not None

    @property
    def is_over_unanswered(self) -> bool:
        """Whether the destination was called and nobody answered."""
        return self.leg is not None and self.leg.answered_at is None and self.leg.ended_at is not None


def truth_about(transfer_id: int, tenios: FakeTenios) -> Truth:
    """Read the real outcome from the ledger."""
    requests = [request for request in tenios.requests if request.transfer_id == transfer_id]
    legs = [request.leg for request in requests if request.leg is not None]
    return Truth(len(requests), any(request.was_accepted for request in requests), legs[0] if legs else None)


# The answer "the caller is gone" leads to `accepted`: the person need not know why. The answer "still here" leads to
# `not_executed`, which is also true for a caller who came back because nobody answered.
_CLAIMS: dict[str, Callable[[Transfer, Truth], bool]] = {
    "requested": lambda transfer, truth: transfer.attempt == 0 and truth.requests == 0,
    "cancelled": lambda transfer, truth: transfer.attempt == 0 and truth.requests == 0,
    "expired": lambda transfer, truth: transfer.attempt == 0 and truth.requests == 0,
    "sending": lambda transfer, _truth: transfer.attempt == 1,
    "unknown": lambda transfer, _truth: transfer.attempt == 1,
    "not_sent": lambda transfer, truth: transfer.attempt == 1 and truth.requests == 0,
    "rejected": lambda _transfer, truth: truth.requests == 1 and not truth.was_moved,
    "not_executed": lambda transfer, truth: (
        transfer.attempt == 1
        and (not truth.was_moved or (truth.is_over_unanswered and transfer.resolved_by == ResolvedBy.PERSON))
    ),
    "accepted": lambda transfer, truth: (
        truth.was_accepted or truth.was_moved or transfer.resolved_by == ResolvedBy.PERSON
    ),
    "answered": lambda _transfer, truth: truth.was_answered,
    "not_answered": lambda _transfer, truth: truth.is_over_unanswered,
}


def is_true(transfer: Transfer, truth: Truth) -> bool:
    """Tell whether the claim of the row is true and TENIOS got at most one request."""
    return truth.requests <= 1 and _CLAIMS[transfer.state](transfer, truth)
