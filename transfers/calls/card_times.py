"""How long the call card shows a transfer, and when it changes because time passes.

The own card, the team's board and the wallboard use the same times.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from transfers.models import CancelReason, Transfer, TransferState

ACCEPTED_WAITS_FOR = timedelta(seconds=45)
"""How long an accepted transfer may wait for an answer. After that its agent is free for the next call."""

RELEASED_STAYS_FOR = timedelta(minutes=2)
"""How long after its acceptance the card shows a transfer that nobody answered, unless the agent closes it."""

UNKNOWN_STAYS_FOR = timedelta(minutes=30)
"""How long after sending the card shows a transfer whose outcome is unknown."""

FETCH_AGAIN_AFTER = timedelta(seconds=2)
"""The browser fetches the card of an open transfer again after this time, in case a live update was lost."""

SETTLED_STAYS_FOR = {
    TransferState.ANSWERED: timedelta(seconds=8),
    TransferState.CANCELLED: timedelta(seconds=3),
    TransferState.REJECTED: timedelta(minutes=2),
    TransferState.NOT_SENT: timedelta(minutes=2),
    TransferState.EXPIRED: timedelta(minutes=2),
    TransferState.NOT_ANSWERED: timedelta(minutes=2),
    TransferState.NOT_EXECUTED: timedelta(minutes=2),
}
"""How long the card shows a settled transfer, unless the agent closes it."""

STOPPED_STAYS_FOR = timedelta(minutes=2)
"""The same for a transfer cancelled because sending is stopped. The agent did not cancel it and needs time to read."""


def is_without_news(transfer: Transfer) -> bool:
    """Whether an accepted transfer has waited longer than `ACCEPTED_WAITS_FOR` for an answer."""
    return transfer.accepted_at is not None and transfer.accepted_at < timezone.now() - ACCEPTED_WAITS_FOR


def stays_for(settled: Transfer) -> timedelta:
    """Return how long after `settled_at` the card shows this transfer."""
    if settled.state == TransferState.CANCELLED and settled.cancel_reason == CancelReason.SENDING_STOPPED:
        return STOPPED_STAYS_FOR
    return SETTLED_STAYS_FOR[TransferState(settled.state)]


def card_changes_at(shown: Transfer) -> datetime | None:
    """Return when the card of this transfer next changes without any event, or None if it does not."""
    if shown.settled_at:
        return shown.settled_at + stays_for(shown)
    if shown.state == TransferState.REQUESTED:
        return shown.due_at + FETCH_AGAIN_AFTER
    if shown.state == TransferState.SENDING:
        return timezone.now() + FETCH_AGAIN_AFTER
    if shown.state == TransferState.ACCEPTED and shown.accepted_at and not is_without_news(shown):
        return shown.accepted_at + ACCEPTED_WAITS_FOR
    return None


def still_on_card(now: datetime) -> Q:
    """Select the transfers whose outcome the agent should still read, even if the call is no longer theirs."""
    settled = Q()
    for state, time_shown in SETTLED_STAYS_FOR.items():
        settled |= Q(state=state, settled_at__gt=now - time_shown)
    is_stopped = Q(state=TransferState.CANCELLED, cancel_reason=CancelReason.SENDING_STOPPED)
    return Q(dismissed_at=None) & (
        settled
        | (is_stopped & Q(settled_at__gt=now - STOPPED_STAYS_FOR))
        | Q(state=TransferState.ACCEPTED, accepted_at__gt=now - RELEASED_STAYS_FOR)
        | Q(state=TransferState.UNKNOWN, sent_at__gt=now - UNKNOWN_STAYS_FOR)
    )
