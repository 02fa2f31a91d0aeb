"""What a colleague gets to know of a call that is transferred to them: from whom, why, and what came before."""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from transfers.models import PERSONS_WORD, Call, Transfer, TransferState, User

RINGS_FOR_AT_MOST = timedelta(seconds=45)
"""How long after TENIOS accepted a transfer its destination may still ring; the same time keeps the sender's card."""

EARLIER_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """A transfer seen by the colleague it goes to. `earlier` are older transfers of the same caller, newest first."""

    transfer: Transfer
    earlier: tuple[Transfer, ...]

    @property
    def seconds_since_accepted(self) -> float:
        """How long its phone may have been ringing."""
        accepted_at = self.transfer.accepted_at
        return (timezone.now() - accepted_at).total_seconds() if accepted_at else 0.0

    @property
    def seconds_left(self) -> int:
        """After how many whole seconds nobody expects it to ring any more; at least 1."""
        return max(1, math.ceil(RINGS_FOR_AT_MOST.total_seconds() - self.seconds_since_accepted))


def hand_over_of(call: Call, user: User) -> HandOver | None:
    """Return the transfer by which this call came to its agent, or None when it came to them in another way."""
    for transfer in call.transfers.select_related("call").order_by("-pk"):
        if transfer.has_brought_call_to(user):
            return HandOver(transfer=transfer, earlier=_earlier_of_caller(transfer))
    return None


def announced_to(user: User) -> HandOver | None:
    """Return the latest transfer to one of this person's phones that TENIOS accepted and nobody answered yet.

    Its call may be theirs already: a forward post says so when it begins to ring, and until an answer is told they do
    not have the caller.
    A person's word that the caller is gone is no acceptance by TENIOS: it announces nothing.
    """
    lately = timezone.now() - RINGS_FOR_AT_MOST
    ringing = Transfer.objects.filter(
        state=TransferState.ACCEPTED,
        accepted_at__gt=lately,
        destination__in=user.addresses.values("address"),
    ).exclude(error_code=PERSONS_WORD)
    transfer = ringing.exclude(agent=user).select_related("call").order_by("-pk").first()
    return HandOver(transfer=transfer, earlier=_earlier_of_caller(transfer)) if transfer else None


def _earlier_of_caller(transfer: Transfer) -> tuple[Transfer, ...]:
    digest = transfer.call.caller_digest
    if not digest:
        return ()
    earlier = Transfer.objects.filter(call__caller_digest=digest, pk__lt=transfer.pk, sent_at__isnull=False)
    return tuple(earlier.order_by("-pk")[:EARLIER_SHOWN])
