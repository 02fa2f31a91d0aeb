"""What a person does with a requested transfer: send it now, take it back, settle its outcome, close it on the card."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Q
from django.db.models.functions import Now
from django.utils import timezone

from transfers.lifecycle import deadlines, doorbell, gate, states
from transfers.models import ResolvedBy, Transfer, TransferState, User

RESOLVE_AFTER = timedelta(seconds=10)
"""How long after sending a person may say what happened. Earlier the caller may still be moved."""


class TransferNotFound(Exception):
    """There is no such transfer, or this person may not act on it."""


class TooEarlyToTell(Exception):
    """The request was sent a moment ago: nobody can know yet whether the caller was moved."""


def send_transfer_now(*, user: User, transfer_id: int) -> Transfer:
    """End the grace: the transfer is due now. Raises `TransferNotFound`.

    Returns the transfer unchanged if it was sent or settled already, or if the gate is closed: a request that is due
    while it cannot be sent would only expire earlier.
    """
    with transaction.atomic():
        moved = states.move_transfer(
            transfer_id,
            states.SEND_NOW,
            actor=str(user.pseudonym),
            where=Q(agent=user, due_at__gt=Now()) & Q(~Exists(gate.closed())),
            changes={"due_at": Now()},
            detail={"actor_name": user.display_name},
        )
        if moved:
            transaction.on_commit(lambda: doorbell.enqueue_transfer(transfer_id), robust=True)
    return moved or _own_transfer(user, transfer_id)


def cancel_transfer(*, user: User, transfer_id: int) -> Transfer:
    """Take back a request that was not sent. The returned state says whether it was in time.

    Raises `TransferNotFound`.
    """
    moved = states.move_transfer(
        transfer_id,
        states.CANCEL,
        actor=str(user.pseudonym),
        where=Q(agent=user),
        detail={"actor_name": user.display_name},
    )
    return moved or _own_transfer(user, transfer_id)


def resolve_transfer(*, user: User, transfer_id: int, is_caller_still_here: bool) -> Transfer:
    """Settle an unclear outcome as a person says: caller still here means not executed, gone means accepted.

    Returns the transfer unchanged if its outcome is not unclear. Raises `TransferNotFound`, or `TooEarlyToTell` within
    10 s after sending.
    """
    transfer = _resolvable_transfer(user, transfer_id)
    if transfer.sent_at and transfer.sent_at > timezone.now() - RESOLVE_AFTER:
        raise TooEarlyToTell
    if transfer.state == TransferState.SENDING:  # the page showed it as unclear: its lease is over
        deadlines.release_lost_claim(transfer_id, actor=str(user.pseudonym))
    moved = states.move_transfer(
        transfer_id,
        states.CONFIRM_NOT_EXECUTED if is_caller_still_here else states.ACCEPT,
        actor=str(user.pseudonym),
        where=Q(state=TransferState.UNKNOWN),
        changes={"resolved_by": ResolvedBy.PERSON} | ({} if is_caller_still_here else {"accepted_at": Now()}),
        detail={
            "actor_name": user.display_name,
            "evidence": {"source": "person", "caller_still_here": is_caller_still_here},
        },
    )
    return moved or Transfer.objects.get(pk=transfer_id)


def dismiss_transfer(*, user: User, transfer_id: int) -> Transfer:
    """Close a transfer on its agent's card, unless it is still to be sent. Raises `TransferNotFound`."""
    own = Transfer.objects.filter(pk=transfer_id, agent=user)
    own.exclude(state__in=[TransferState.REQUESTED, TransferState.SENDING]).update(dismissed_at=Now())
    return _own_transfer(user, transfer_id)


def _resolvable_transfer(user: User, transfer_id: int) -> Transfer:
    if not user.has_perm("transfers.view_all_transfers"):
        return _own_transfer(user, transfer_id)
    transfer = Transfer.objects.filter(pk=transfer_id).first()
    if transfer is None:
        raise TransferNotFound
    return transfer


def _own_transfer(user: User, transfer_id: int) -> Transfer:
    transfer = Transfer.objects.filter(pk=transfer_id, agent=user).first()
    if transfer is None:
        raise TransferNotFound
    return transfer
