"""Recording what TENIOS answered to the request of a transfer."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import close_old_connections, transaction
from django.db.models import Q
from django.db.models.functions import Now

from transfers.base.database import DATABASE_TROUBLE
from transfers.lifecycle import gate, outcomes, states
from transfers.models import ResolvedBy, Transfer, TransferState
from transfers.tenios import TeniosClient, TransferAnswer, Verdict

logger = logging.getLogger(__name__)

RECORDING_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 14.0)
"""Seconds between the attempts to record an answer while the database is away: about half a minute in all."""

_TRANSITIONS = {
    Verdict.ACCEPTED: states.ACCEPT,
    Verdict.REJECTED: states.REJECT,
    Verdict.NOT_SENT: states.FAIL_TO_SEND,
    Verdict.UNKNOWN: states.MARK_UNKNOWN,
}
_CONTRADICTED_STATE = {
    Verdict.ACCEPTED: TransferState.NOT_EXECUTED,
    Verdict.REJECTED: TransferState.ACCEPTED,
    Verdict.NOT_SENT: TransferState.ACCEPTED,
}
"""By verdict: the state that a person gave the transfer if the answer says otherwise than they did."""


def record_answer(claimed: Transfer, answer: TransferAnswer, *, client: TeniosClient, actor: str) -> None:
    """Record the answer, and retry while the database is away: the answer exists nowhere else."""
    for pause in RECORDING_PAUSES:
        try:
            record_once(claimed, answer, client=client, actor=actor)
        except DATABASE_TROUBLE:
            logger.warning("the answer to transfer %s could not be recorded yet", claimed.pk)
            close_old_connections()
            time.sleep(pause)
        else:
            return
    record_once(claimed, answer, client=client, actor=actor)


def record_once(claimed: Transfer, answer: TransferAnswer, *, client: TeniosClient, actor: str) -> None:
    """Record the answer and update the gate in one transaction; then apply events that arrived before the answer."""
    with transaction.atomic():
        _record_verdict(claimed, answer, actor=actor)
        gate.update_gate_from(answer, client=client, actor=actor, transfer_id=claimed.pk)
    outcomes.settle_from_events(claimed.pk)


def _record_verdict(claimed: Transfer, answer: TransferAnswer, *, actor: str) -> None:
    """Write verdict and audit entry together. If the lease ran out meanwhile, the answer still settles `unknown`."""
    transitions = [_TRANSITIONS[answer.verdict]]
    if answer.verdict in (Verdict.REJECTED, Verdict.NOT_SENT):
        transitions.append(states.CONFIRM_NOT_EXECUTED)
    columns, detail = _columns_of(answer), _detail_of(answer)
    where = Q(claim_token=claimed.claim_token)
    for transition in transitions:
        if states.move_transfer(claimed.pk, transition, actor=actor, where=where, changes=columns, detail=detail):
            return
    _record_contradiction(claimed, answer, actor=actor, detail=detail)


def _record_contradiction(claimed: Transfer, answer: TransferAnswer, *, actor: str, detail: Mapping[str, Any]) -> None:
    """Keep an answer that came after a person had resolved the transfer, and that says otherwise than they did."""
    contradicted = Transfer.objects.filter(pk=claimed.pk, state=_CONTRADICTED_STATE.get(answer.verdict)).first()
    if contradicted is not None:
        outcomes.contradict(contradicted, actor=actor, detail=detail)


def _columns_of(answer: TransferAnswer) -> dict[str, Any]:
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


def _detail_of(answer: TransferAnswer) -> dict[str, Any]:
    return {
        "answer": {
            "http_status": answer.http_status,
            "body": answer.body,
            "problem": answer.problem,
            "seconds": round(answer.seconds, 3),
        },
        "error_code": answer.error_code,
    }
