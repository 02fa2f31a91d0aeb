"""How many transfers to phone numbers are allowed within five minutes, so that a stolen session cannot run up a bill.

Transfers are counted in the database, for all processes together. Those that were cancelled, expired or not sent do not
count, because they cost nothing. Those that a supervisor agreed to do not count either.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from transfers.lifecycle.refusals import TooManyTransfers
from transfers.models import DestinationType, Transfer, TransferState

WINDOW = timedelta(minutes=5)
LONGEST_DELAY = timedelta(minutes=1)
"""Much longer than the time between the end of a grace and the request to TENIOS."""

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
    """Raise `TooManyTransfers` if sending this transfer as well would exceed a limit. The worker calls it."""
    if transfer.destination_type != DestinationType.EXTERNAL_NUMBER or transfer.approval_id:
        return
    # Selected by the time of the request as well: that column has an index, the time of sending has none.
    lead = timedelta(seconds=settings.TRANSFER_UNDO_SECONDS) + LONGEST_DELAY
    sent = _counted(Q(sent_at__gt=Now() - WINDOW, requested_at__gt=Now() - WINDOW - lead))
    _require(sent.filter(agent_id=transfer.agent_id).count() + 1, settings.TRANSFER_LIMIT_PER_AGENT, whose="agent")
    _require(sent.count() + 1, settings.TRANSFER_LIMIT_IN_ALL, whose="all")


def _counted(where: Q) -> QuerySet[Transfer]:
    to_numbers = Transfer.objects.filter(where, destination_type=DestinationType.EXTERNAL_NUMBER, approval=None)
    return to_numbers.exclude(state__in=_COST_NOTHING)


def _require(count: int, limit: int, *, whose: str) -> None:
    if limit and count > limit:
        raise TooManyTransfers(whose)
