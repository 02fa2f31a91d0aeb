"""What a colleague reads about a call that is transferred to them: the sender, the note, and earlier transfers."""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from transfers.models import Call, ResolvedBy, Transfer, TransferState, User

RINGS_FOR_AT_MOST = timedelta(seconds=45)
"""How long after TENIOS accepted a transfer its destination may ring. The sender's card shows it equally long."""

EARLIER_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """A transfer as its receiver sees it. `earlier` are up to 3 older transfers of the same caller, newest first."""

    transfer: Transfer
    earlier: tuple[Transfer, ...]

    @property
    def seconds_since_accepted(self) -> float:
        """How long the receiver's phone may have been ringing."""
        accepted_at = self.transfer.accepted_at
        return (timezone.now() - accepted_at).total_seconds() if accepted_at else 0.0

    @property
    def seconds_left(self) -> int:
        """The whole seconds for which the phone may still ring; at least 1."""
        return max(1, math.ceil(RINGS_FOR_AT_MOST.total_seconds() - self.seconds_since_accepted))


def hand_over_of(call: Call, user: User) -> HandOver | None:
    """Return the transfer that brought this call to the person, or None if none did."""
    for transfer in call.transfers.select_related("call").order_by("-pk"):
        if transfer.has_brought_call_to(user):
            return HandOver(transfer=transfer, earlier=_earlier_of_caller(transfer))
    return None


def announced_to(user: User) -> HandOver | None:
    """Return the latest transfer to one of this person's phones that TENIOS has accepted and nobody has answered.

    Its call may already be assigned to them, because the forward event comes when the phone begins to ring. They have
    the caller only after an answer. A transfer that a person settled as accepted is excluded: TENIOS did not accept it.
    """
    ringing = Transfer.objects.filter(
        state=TransferState.ACCEPTED,
        accepted_at__gt=timezone.now() - RINGS_FOR_AT_MOST,
        destination__in=user.addresses.values("address"),
    ).exclude(resolved_by=ResolvedBy.PERSON)
    transfer = ringing.exclude(agent=user).select_related("call").order_by("-pk").first()
    return HandOver(transfer=transfer, earlier=_earlier_of_caller(transfer)) if transfer else None


def _earlier_of_caller(transfer: Transfer) -> tuple[Transfer, ...]:
    digest = transfer.call.caller_digest
    if not digest:
        return ()
    earlier = Transfer.objects.filter(call__caller_digest=digest, pk__lt=transfer.pk, sent_at__isnull=False)
    return tuple(earlier.order_by("-pk")[:EARLIER_SHOWN])
