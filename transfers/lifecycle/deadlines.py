"""Records what time has decided: a request that is too old expires, and a claim without a report becomes `unknown`.

Sweeper and worker both run this, so that one of them that hangs does not delay the truth. Any number of processes may
run it: each step is conditional, so the second process changes nothing.
"""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from transfers.lifecycle import gate, states, waiting
from transfers.lifecycle.gate import GateState
from transfers.models import Problem, Transfer, TransferState


def close_overdue(*, actor: str) -> None:
    """Expire requests that are too old, and mark lost claims `unknown`. Raises `django.db.Error`."""
    expire_late_requests(gate.read_gate(), actor=actor)
    release_lost_claims(actor=actor)


def expire_late_requests(gate_state: GateState, *, actor: str) -> None:
    """Expire requests that are past their time, or dated in the future by a clock that jumped."""
    is_late = Q(due_at__lt=Now() - states.TTL) | Q(requested_at__gt=Now() + timedelta(seconds=1))
    for transfer in Transfer.objects.filter(is_late, state=TransferState.REQUESTED):
        reason = waiting.reason_to_expire(gate_state, transfer)
        states.move_transfer(
            transfer.pk,
            states.EXPIRE,
            actor=actor,
            where=is_late,
            changes={"cancel_reason": reason or ""},
            detail={"error_code": reason} if reason else {},
        )


def release_lost_claims(*, actor: str) -> None:
    """Mark claims `unknown` whose lease is over: the sender may have died before, while or after it sent."""
    lost = Transfer.objects.filter(state=TransferState.SENDING, lease_until_at__lt=Now())
    for transfer_id in lost.values_list("pk", flat=True):
        release_lost_claim(transfer_id, actor=actor)


def release_lost_claim(transfer_id: int, *, actor: str) -> Transfer | None:
    """Mark one such claim. Return its transfer, or None if it is not `sending` or its lease is not over."""
    return states.move_transfer(
        transfer_id,
        states.MARK_UNKNOWN,
        actor=actor,
        where=Q(lease_until_at__lt=Now()),
        changes={"problem": Problem.NO_REPORT},
        detail={"error_code": Problem.NO_REPORT},
    )
