"""How many outside numbers may be transferred to within a few minutes: a stolen session must not become a bill.

Counted are transfers to phone numbers, in the database, for all processes together. What was taken back or expired cost
nothing; what a supervisor agreed to is theirs to answer for.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from transfers.lifecycle.refusals import TooManyTransfers
from transfers.models import DestinationType, Transfer, TransferState

WINDOW = timedelta(minutes=5)
ROOM = timedelta(minutes=1)
"""Far more than passes between the end of a grace and the request to TENIOS."""

_COST_NOTHING = (TransferState.CANCELLED, TransferState.EXPIRED, TransferState.NOT_SENT)


def require_within_limits(*, agent_id: int, planned: int = 0) -> None:
    """Raise `TooManyTransfers` when the transfers of the last five minutes are more than a limit allows.

    `planned` are further ones that the database does not have yet. A request calls this in its transaction, after its
    audit entry: the lock of the audit chain lets requests pass one by one, so that no two take the same last place.
    """
    recent = _counted(Q(requested_at__gt=Now() - WINDOW))
    _require(recent.filter(agent_id=agent_id).count() + planned, settings.TRANSFER_LIMIT_PER_AGENT, whose="agent")
    _require(recent.count() + planned, settings.TRANSFER_LIMIT_IN_ALL, whose="all")


def require_few_sent(transfer: Transfer) -> None:
    """Raise `TooManyTransfers` when more were sent in the last five minutes than the limits let through."""
    if transfer.destination_type != DestinationType.EXTERNAL_NUMBER or transfer.approval_id:
        return
    # What was sent in the window was requested shortly before: there is an index by request, and none by sending.
    lead = timedelta(seconds=settings.TRANSFER_UNDO_SECONDS) + ROOM
    sent = _counted(Q(sent_at__gt=Now() - WINDOW, requested_at__gt=Now() - WINDOW - lead))
    _require(sent.filter(agent_id=transfer.agent_id).count() + 1, settings.TRANSFER_LIMIT_PER_AGENT, whose="agent")
    _require(sent.count() + 1, settings.TRANSFER_LIMIT_IN_ALL, whose="all")


def _counted(where: Q) -> QuerySet[Transfer]:
    outside = Transfer.objects.filter(where, destination_type=DestinationType.EXTERNAL_NUMBER, approval=None)
    return outside.exclude(state__in=_COST_NOTHING)


def _require(count: int, limit: int, *, whose: str) -> None:
    if limit and count > limit:
        raise TooManyTransfers(whose)
