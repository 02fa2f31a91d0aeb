"""Sending: claim a due transfer, send the one request to TENIOS outside any transaction, record the answer."""

import time
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from transfers.destination_policy import DestinationRefused, check_destination
from transfers.lifecycle import gate, limits, outcomes, states, waiting
from transfers.lifecycle.recording import record_answer
from transfers.lifecycle.refusals import TooManyTransfers
from transfers.models import Call, CancelReason, Problem, Transfer, TransferState, User
from transfers.tenios import TeniosClient

MAX_SECONDS_AFTER_CLAIM = 2.0
"""A process that was frozen between claim and request must not send long after the agent stopped expecting it."""

_ANSWERED_MEANWHILE = Transfer.objects.filter(
    call=OuterRef("call"), state=TransferState.ANSWERED, settled_at__gt=OuterRef("requested_at")
)
"""Another transfer of the call that was answered after this one was requested: the caller talks to somebody else."""


def make_client(*, deadline_seconds: float = 6.0) -> TeniosClient:
    """Return a client for the TENIOS account of the settings. It reads the access key each time; nothing keeps it."""
    return TeniosClient(
        access_key=settings.TENIOS_ACCESS_KEY, base_url=settings.TENIOS_BASE_URL, deadline_seconds=deadline_seconds
    )


def execute_transfer(transfer_id: int, *, actor: str, client: TeniosClient | None = None) -> None:
    """Send one due transfer, at most once ever. Do nothing if it is not due, cancelled, too late or already claimed."""
    client = client or make_client()
    request = _find_sendable(transfer_id, actor=actor)
    if request is None:
        return
    with transaction.atomic():
        # Measured from inside the transaction: SQLite waits for its write lock when the transaction begins, and a
        # process that waits for a lock is not frozen.
        before_claim = time.monotonic()
        claimed = _claim(request, actor=actor, client=client)
    if claimed is None:
        outcomes.cancel_pointless_request(transfer_id)
        waiting.cancel_stopped_requests(actor=actor)
    elif time.monotonic() - before_claim > MAX_SECONDS_AFTER_CLAIM:
        _record_not_sent(claimed, actor=actor)
    else:
        _send(claimed, actor=actor, client=client)


def _find_sendable(transfer_id: int, *, actor: str) -> Transfer | None:
    """Return the request if right and policy still allow it, else cancel it: both may have changed since then."""
    requests = Transfer.objects.select_related("agent", "call").filter(state=TransferState.REQUESTED)
    transfer = requests.filter(pk=transfer_id).first()
    if transfer is None:
        return None
    reason = _reason_against(transfer)
    if reason is None:
        return transfer
    states.move_transfer(
        transfer_id,
        states.CANCEL,
        actor=actor,
        changes={"cancel_reason": reason},
        detail={"error_code": reason},
    )
    return None


def _reason_against(transfer: Transfer) -> CancelReason | None:
    agent = transfer.agent
    if agent is None or not agent.is_active or not agent.has_perm("transfers.request_transfer"):
        return CancelReason.RIGHT_LOST
    try:
        check_destination(
            destination_type=transfer.destination_type,
            address=transfer.destination,
            is_agreed=transfer.approval_id is not None,
        )
        limits.require_few_sent(transfer)
    except DestinationRefused:
        return CancelReason.DESTINATION_REFUSED
    except TooManyTransfers:
        return CancelReason.TOO_MANY
    return None


def _claim(request: Transfer, *, actor: str, client: TeniosClient) -> Transfer | None:
    """Make this process the only one that may ever send this transfer; the claim is committed before the request.

    If another process closes the gate while this statement runs, this request is still sent. TENIOS refuses it again,
    which moves no caller.
    """
    return states.move_transfer(
        request.pk,
        states.CLAIM,
        actor=actor,
        where=_may_be_claimed(),
        changes={
            "attempt": F("attempt") + 1,
            "claim_token": uuid4(),
            "sent_at": Now(),
            "lease_until_at": Now() + states.LEASE,
        },
        detail={
            "request": client.masked_request(
                call_uuid=request.call.call_uuid,
                destination_type=request.destination_type,
                destination=request.destination,
            )
        },
    )


def _may_be_claimed() -> Q:
    return (
        Q(due_at__lte=Now(), due_at__gte=Now() - states.TTL, attempt=0)
        & Q(call__in=Call.objects.live())
        & Q(agent__in=User.objects.filter(is_active=True))
        & Q(~Exists(_ANSWERED_MEANWHILE))
        & Q(~Exists(gate.closed()))
    )


def _send(claimed: Transfer, *, actor: str, client: TeniosClient) -> None:
    answer = client.transfer_call(
        call_uuid=claimed.call.call_uuid,
        destination_type=claimed.destination_type,
        destination=claimed.destination,
    )
    record_answer(claimed, answer, client=client, actor=actor)
    if gate.closes_gate(answer):
        waiting.follow_closed_gate(actor=actor)


def _record_not_sent(claimed: Transfer, *, actor: str) -> None:
    states.move_transfer(
        claimed.pk,
        states.FAIL_TO_SEND,
        actor=actor,
        where=Q(claim_token=claimed.claim_token),
        changes={"problem": Problem.TOO_LATE},
        detail={"error_code": Problem.TOO_LATE},
    )
