"""Writes down what the clock has decided: a request that is too old expires, a claim nobody reported on is unclear.

Sweeper and worker both do this, so that one of them alone that hangs does not delay the truth. Any number of them may:
each step is conditional, and whoever comes second changes nothing.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from transfers.lifecycle import gate as sending_gate
from transfers.lifecycle import held, states
from transfers.lifecycle.gate import GateState
from transfers.models import Problem, Transfer, TransferState


def close_overdue(*, actor: str) -> None:
    """Expire what is too old to be sent, and call `unknown` what nobody reported back. Raises `django.db.Error`."""
    expire_late_requests(sending_gate.read_gate(), actor=actor)
    release_lost_claims(actor=actor)


def expire_late_requests(gate: GateState, *, actor: str) -> None:
    """Close requests that are past their time, or dated in the future by a clock that jumped."""
    too_late = Q(due_at__lt=Now() - states.TTL) | Q(requested_at__gt=Now() + timedelta(seconds=1))
    for transfer in Transfer.objects.filter(too_late, state=TransferState.REQUESTED):
        reason = held.reason_to_expire(gate, transfer)
        states.move_transfer(
            transfer.pk,
            states.EXPIRE,
            actor=actor,
            where=too_late,
            changes={"cancel_reason": reason},
            detail={"error_code": reason} if reason else {},
        )


def release_lost_claims(*, actor: str) -> None:
    """Turn a claim whose lease is over into `unknown`: its sender may have died before, while or after sending."""
    lost = Transfer.objects.filter(state=TransferState.SENDING, lease_until_at__lt=Now())
    for transfer_id in lost.values_list("pk", flat=True):
        release_lost_claim(transfer_id, actor=actor)


def release_lost_claim(transfer_id: int, *, actor: str) -> Transfer | None:
    """Do so for one transfer; return it, or None when it is not sending or its lease still runs."""
    return states.move_transfer(
        transfer_id,
        states.MARK_UNKNOWN,
        actor=actor,
        where=Q(lease_until_at__lt=Now()),
        changes={"problem": Problem.NO_REPORT},
        detail={"error_code": Problem.NO_REPORT},
    )
