"""Requests that wait while the gate is closed: what becomes of them, and who is told.

Sending is stopped: nobody knows for how long, so a request is cancelled at once and its agent reads why. Sending is
paused: the request waits and goes out if the pause ends within its time; its card says so meanwhile.
"""

from django.db.models import Exists, Q, QuerySet

from transfers.lifecycle import gate as sending_gate
from transfers.lifecycle import states
from transfers.lifecycle.gate import GateState
from transfers.live import publishing
from transfers.models import CancelReason, Transfer, TransferState


def follow_closed_gate(*, actor: str) -> None:
    """Right after the gate was closed: cancel what waits if sending is stopped; else its cards say that it waits."""
    cancel_stopped_requests(actor=actor)
    for call_id, *people in _waiting().values_list("call_id", "agent_id", "call__agent_id"):
        publishing.publish_on_commit(call_id=call_id, user_ids=people)


def cancel_stopped_requests(*, actor: str) -> None:
    """Cancel every request that waits while sending is stopped; those asked for after it goes on are left alone."""
    is_stopped = Q(Exists(sending_gate.stopped()))
    for transfer_id in _waiting().filter(is_stopped).values_list("pk", flat=True):
        states.move_transfer(
            transfer_id,
            states.CANCEL,
            actor=actor,
            where=is_stopped,
            changes={"cancel_reason": CancelReason.SENDING_STOPPED},
            detail={"error_code": CancelReason.SENDING_STOPPED},
        )


def reason_to_expire(gate: GateState, transfer: Transfer) -> str:
    """Return our word for why a request ran out of its time: a pause that lasted until then, or "" for any other."""
    runs_out_at = transfer.due_at + states.TTL
    is_pauses_fault = gate.paused_until_at is not None and gate.paused_until_at > runs_out_at
    return CancelReason.SENDING_PAUSED if is_pauses_fault else ""


def _waiting() -> QuerySet[Transfer]:
    return Transfer.objects.filter(state=TransferState.REQUESTED)
