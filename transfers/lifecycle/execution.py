"""Sending: claim a due transfer, make the one request to TENIOS outside any transaction, record what came back."""

import logging
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from transfers.base.database import DATABASE_TROUBLE
from transfers.destination_policy import DestinationRefused, check_destination
from transfers.lifecycle import gate, held, limits, outcomes, states
from transfers.lifecycle.refusals import TooManyTransfers
from transfers.models import Call, CancelReason, Problem, ResolvedBy, Transfer, TransferState, User
from transfers.tenios import TeniosClient, TransferAnswer, Verdict

logger = logging.getLogger(__name__)

MAX_SECONDS_AFTER_CLAIM = 2.0
"""A process that was frozen between claim and request must not send long after the agent stopped expecting it."""

RECORDING_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 14.0)
"""Seconds between the tries to record an answer while the database is away: about half a minute in all."""

_ANSWERED_MEANWHILE = Transfer.objects.filter(
    call=OuterRef("call"), state=TransferState.ANSWERED, settled_at__gt=OuterRef("requested_at")
)
"""Another transfer of the call that was answered while this one waited: the caller talks to somebody by now."""

_TRANSITIONS = {
    Verdict.ACCEPTED: states.ACCEPT,
    Verdict.REJECTED: states.REJECT,
    Verdict.NOT_SENT: states.FAIL_TO_SEND,
    Verdict.UNKNOWN: states.MARK_UNKNOWN,
}


def make_client(*, deadline_seconds: float = 6.0) -> TeniosClient:
    """Return a client for the TENIOS account of the settings. The key is read here, at send time, and nowhere kept."""
    return TeniosClient(
        access_key=settings.TENIOS_ACCESS_KEY, base_url=settings.TENIOS_BASE_URL, deadline_seconds=deadline_seconds
    )


def execute_transfer(transfer_id: int, *, actor: str, client: TeniosClient | None = None) -> None:
    """Send one due transfer, at most once ever. Not due, taken back, too late or already claimed: nothing happens."""
    client = client or make_client()
    request = _request_still_allowed(transfer_id, actor=actor)
    if request is None:
        return
    with transaction.atomic():
        # From here on: SQLite waits for its write lock before, and who waits for a lock is not frozen.
        before_claim = time.monotonic()
        claimed = _claim(request, actor=actor, client=client)
    if claimed is None:
        outcomes.cancel_pointless_request(transfer_id)
        held.cancel_stopped_requests(actor=actor)
        return
    if time.monotonic() - before_claim > MAX_SECONDS_AFTER_CLAIM:
        _record_not_sent(claimed, actor=actor)
        return
    answer = client.transfer_call(
        call_uuid=claimed.call.call_uuid,
        destination_type=claimed.destination_type,
        destination=claimed.destination,
    )
    _record_patiently(claimed, answer, client=client, actor=actor)
    if gate.closes_gate(answer):
        held.follow_closed_gate(actor=actor)


def _request_still_allowed(transfer_id: int, *, actor: str) -> Transfer | None:
    """Check right and policy once more where it counts; what is no longer allowed is cancelled, with the reason.

    Returns the request, or None when it is not to be sent.
    """
    requests = Transfer.objects.select_related("agent", "call").filter(state=TransferState.REQUESTED)
    transfer = requests.filter(pk=transfer_id).first()
    if transfer is None:
        return None
    agent = transfer.agent
    reason: CancelReason | None = None
    if agent is None or not agent.is_active or not agent.has_perm("transfers.request_transfer"):
        reason = CancelReason.RIGHT_LOST
    else:
        try:
            check_destination(
                destination_type=transfer.destination_type,
                address=transfer.destination,
                is_agreed=transfer.approval_id is not None,
            )
            limits.require_few_sent(transfer)
        except DestinationRefused:
            reason = CancelReason.DESTINATION_REFUSED
        except TooManyTransfers:
            reason = CancelReason.TOO_MANY
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


def _claim(request: Transfer, *, actor: str, client: TeniosClient) -> Transfer | None:
    """Make this process the only one that may ever send this transfer; the claim is on disk before anything leaves.

    A gate that another process closes while this statement runs is not seen any more: such a request still leaves, and
    TENIOS refuses it once more. It moves no caller.
    """
    return states.move_transfer(
        request.pk,
        states.CLAIM,
        actor=actor,
        where=(
            Q(due_at__lte=Now(), due_at__gte=Now() - states.TTL, attempt=0)
            & Q(call__in=Call.objects.live())
            & Q(agent__in=User.objects.filter(is_active=True))
            & Q(~Exists(_ANSWERED_MEANWHILE))
            & Q(~Exists(gate.closed()))
        ),
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


def _record_not_sent(claimed: Transfer, *, actor: str) -> None:
    states.move_transfer(
        claimed.pk,
        states.FAIL_TO_SEND,
        actor=actor,
        where=Q(claim_token=claimed.claim_token),
        changes={"problem": Problem.TOO_LATE},
        detail={"error_code": Problem.TOO_LATE},
    )


def _record_patiently(claimed: Transfer, answer: TransferAnswer, *, client: TeniosClient, actor: str) -> None:
    """Write the verdict even if the database is away for a while: what TENIOS said exists nowhere else."""
    for pause in RECORDING_PAUSES:
        try:
            _record(claimed, answer, client=client, actor=actor)
        except DATABASE_TROUBLE:
            logger.warning("the answer to transfer %s could not be recorded yet", claimed.pk)
            close_old_connections()
            time.sleep(pause)
        else:
            return
    _record(claimed, answer, client=client, actor=actor)


def _record(claimed: Transfer, answer: TransferAnswer, *, client: TeniosClient, actor: str) -> None:
    """Write down the answer, and let the gate heed it in the same transaction; then see what posts have said."""
    with transaction.atomic():
        _record_verdict(claimed, answer, actor=actor)
        gate.update_gate_from(answer, client=client, actor=actor, transfer_id=claimed.pk)
    outcomes.settle_from_events(claimed.pk)


def _record_verdict(claimed: Transfer, answer: TransferAnswer, *, actor: str) -> None:
    """Write verdict and audit entry together. A lease that ran out left `unknown`: the answer still settles that."""
    where = Q(claim_token=claimed.claim_token)
    changes = _columns(answer)
    detail = {
        "answer": {
            "http_status": answer.http_status,
            "body": answer.body,
            "problem": answer.problem,
            "seconds": round(answer.seconds, 3),
        },
        "error_code": answer.error_code,
    }
    transition = _TRANSITIONS[answer.verdict]
    moved = states.move_transfer(claimed.pk, transition, actor=actor, where=where, changes=changes, detail=detail)
    if moved is None and answer.verdict in (Verdict.REJECTED, Verdict.NOT_SENT):
        moved = states.move_transfer(
            claimed.pk,
            states.CONFIRM_NOT_EXECUTED,
            actor=actor,
            where=where,
            changes=changes,
            detail=detail,
        )
    if moved is None:
        _record_contradiction(claimed, answer, actor=actor, detail=detail)


def _record_contradiction(claimed: Transfer, answer: TransferAnswer, *, actor: str, detail: Mapping[str, Any]) -> None:
    """Keep an answer that came after a person had settled the transfer, and says otherwise than they did."""
    contradicted = {
        Verdict.ACCEPTED: TransferState.NOT_EXECUTED,
        Verdict.REJECTED: TransferState.ACCEPTED,
        Verdict.NOT_SENT: TransferState.ACCEPTED,
    }
    said = Transfer.objects.filter(pk=claimed.pk, state=contradicted.get(answer.verdict)).first()
    if said is not None:
        outcomes.contradict(said, actor=actor, detail=detail)


def _columns(answer: TransferAnswer) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "http_status": answer.http_status,
        "error_code": answer.error_code,
        "problem": answer.problem,
        "error_message": answer.error_message[:300],
        "error_fields": ",".join(answer.error_fields)[:120],
        "resolved_by": states.resolved_if_unknown(ResolvedBy.ANSWER),
    }
    if answer.verdict is Verdict.ACCEPTED:
        columns["accepted_at"] = Now()
    return columns
