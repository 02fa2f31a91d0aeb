"""Requests that wait while the gate is closed: what becomes of them, and which boards are notified.

While sending is stopped, nobody can say for how long, so a request is cancelled at once and its agent reads why. While
sending is paused, a request waits. It is sent if the pause ends within its time; until then its card shows the pause.
"""

from django.db.models import Exists, Q, QuerySet

from transfers.lifecycle import gate, states
from transfers.lifecycle.gate import GateState
from transfers.live import publishing
from transfers.models import CancelReason, Transfer, TransferState


def follow_closed_gate(*, actor: str) -> None:
    """Run right after the gate was closed: cancel the requests if sending is stopped, else refresh their cards."""
    cancel_stopped_requests(actor=actor)
    for call_id, *user_ids in _waiting().values_list("call_id", "agent_id", "call__agent_id"):
        publishing.publish_on_commit(call_id=call_id, user_ids=user_ids)


def cancel_stopped_requests(*, actor: str) -> None:
    """Cancel every request that waits while sending is stopped; do nothing if sending has resumed meanwhile."""
    is_stopped = Q(Exists(gate.stopped()))
    for transfer_id in _waiting().filter(is_stopped).values_list("pk", flat=True):
        states.move_transfer(
            transfer_id,
            states.CANCEL,
            actor=actor,
            where=is_stopped,
            changes={"cancel_reason": CancelReason.SENDING_STOPPED},
            detail={"error_code": CancelReason.SENDING_STOPPED},
        )


def reason_to_expire(gate_state: GateState, transfer: Transfer) -> CancelReason | None:
    """Return why a request ran out of its time: a pause that lasted until then, or None for any other cause."""
    runs_out_at = transfer.due_at + states.TTL
    is_pause_the_cause = gate_state.paused_until_at is not None and gate_state.paused_until_at > runs_out_at
    return CancelReason.SENDING_PAUSED if is_pause_the_cause else None


def _waiting() -> QuerySet[Transfer]:
    return Transfer.objects.filter(state=TransferState.REQUESTED)
