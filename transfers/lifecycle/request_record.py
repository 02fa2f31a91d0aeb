"""The record of a request: the transfer's row, its audit entry, and the messages that follow the commit."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.destination_policy import CheckedDestination
from transfers.lifecycle import doorbell
from transfers.live import publishing
from transfers.models import Approval, Call, Transfer, TransferState, User


@dataclass(frozen=True)
class Agreement:
    """A supervisor agreed to one transfer that the policy alone would refuse."""

    approval: Approval
    by: User


@dataclass(frozen=True, kw_only=True)
class TransferRequest:
    """What a person asks for. `address` is the number in any spelling, or the SIP name.

    `destination_id` is the directory's id of the address if it was chosen from there, None if it was typed.
    `request_key` is the idempotency key of the form.
    """

    user: User
    call_uuid: str
    destination_type: str
    address: str
    note: str
    request_key: UUID
    destination_id: int | None = None
    agreement: Agreement | None = None


def record_request(request: TransferRequest, call: Call, destination: CheckedDestination, *, name: str) -> Transfer:
    """Write a request that was judged. `name` is the directory's for the destination, or empty.

    Call it in a transaction. Raises `IntegrityError` if the same form has made a transfer before.
    """
    transfer = _create_transfer(request, call, destination, name)
    _record_in_audit_log(transfer, call, request)
    _announce_on_commit(transfer, call)
    return transfer


def _create_transfer(request: TransferRequest, call: Call, destination: CheckedDestination, name: str) -> Transfer:
    return Transfer.objects.create(
        call=call,
        agent=request.user,
        agent_name=request.user.display_name,
        destination_type=destination.destination_type,
        destination=destination.address,
        destination_name=name,
        note=request.note,
        request_key=request.request_key,
        requested_at=Now(),
        due_at=Now() + timedelta(seconds=settings.TRANSFER_UNDO_SECONDS),
        approval=request.agreement.approval if request.agreement else None,
    )


def _record_in_audit_log(transfer: Transfer, call: Call, request: TransferRequest) -> None:
    audit_log.record(
        actor=str(request.user.pseudonym),
        action=AuditAction.TRANSFER_REQUESTED,
        transfer_id=transfer.pk,
        call_id=call.pk,
        outcome=TransferState.REQUESTED,
        detail=_request_detail(transfer, call) | _agreement_detail(request.agreement),
    )


def _request_detail(transfer: Transfer, call: Call) -> dict[str, Any]:
    return {
        "actor_name": transfer.agent_name,
        "caller_number": call.caller_number,
        "called_number": call.called_number,
        "call_uuid": call.call_uuid,
        "destination_type": transfer.destination_type,
        "destination": transfer.destination,
        "destination_name": transfer.destination_name,
        "note": transfer.note,
        "grace_seconds": settings.TRANSFER_UNDO_SECONDS,
    }


def _agreement_detail(agreement: Agreement | None) -> dict[str, Any]:
    if agreement is None:
        return {}
    return {"approval_id": agreement.approval.pk, "agreed_by": agreement.by.display_name}


def _announce_on_commit(transfer: Transfer, call: Call) -> None:
    # The worker before the boards: one thread sends both messages, in this order.
    delay = settings.TRANSFER_UNDO_SECONDS
    transaction.on_commit(lambda: doorbell.enqueue_transfer(transfer.pk, delay_seconds=delay), robust=True)
    publishing.publish_on_commit(call_id=call.pk, user_ids={transfer.agent_id, call.agent_id})
