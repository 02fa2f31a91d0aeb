"""The life of a transfer: the table of transitions, and the only function that moves one.

    requested ──► sending ──► accepted ──► answered | not_answered
        │            ├──────► rejected
        │            ├──────► not_sent
        │            └──────► unknown ───► accepted | answered | not_answered | not_executed
        ├──► cancelled
        └──► expired

Every step is one conditional UPDATE (compare-and-set) and its audit entry in one transaction, so the second process
changes nothing. When a lease is over, the transfer becomes `unknown`. It never goes back to `requested`, because the
request may have been sent: at most once is the promise.
Why: docs/decisions/0002-the-database-is-the-queue.md.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.live import publishing
from transfers.models import AgentAddress, ResolvedBy, Transfer, TransferState

TTL = timedelta(seconds=5)
"""How long after `due_at` a request may still be sent; later, a transfer would surprise an agent who has moved on."""

LEASE = timedelta(seconds=8)
"""How long a sender may take from claim to recorded answer: the 6 s deadline of the request, and time to write."""

_PHONE_OF = AgentAddress.objects.filter(address=OuterRef("destination"))
_WITH_CALLED_USER = Transfer.objects.select_related("call", "agent").annotate(
    called_user_id=Subquery(_PHONE_OF.values("user_id")[:1])
)
"""Transfers, each with the id of the colleague whose phone is its destination."""

SETTLED = frozenset(
    {
        TransferState.ANSWERED,
        TransferState.NOT_ANSWERED,
        TransferState.REJECTED,
        TransferState.NOT_SENT,
        TransferState.EXPIRED,
        TransferState.CANCELLED,
        TransferState.NOT_EXECUTED,
    }
)


@dataclass(frozen=True)
class Transition:
    """One row of the table: which states it leaves, the state it reaches, and the audit action that says so."""

    sources: tuple[TransferState, ...]
    target: TransferState
    action: AuditAction


_S = TransferState
SEND_NOW = Transition((_S.REQUESTED,), _S.REQUESTED, AuditAction.TRANSFER_GRACE_ENDED)
CANCEL = Transition((_S.REQUESTED,), _S.CANCELLED, AuditAction.TRANSFER_CANCELLED)
EXPIRE = Transition((_S.REQUESTED,), _S.EXPIRED, AuditAction.TRANSFER_EXPIRED)
CLAIM = Transition((_S.REQUESTED,), _S.SENDING, AuditAction.TRANSFER_SENDING)
ACCEPT = Transition((_S.SENDING, _S.UNKNOWN), _S.ACCEPTED, AuditAction.TRANSFER_ACCEPTED)
REJECT = Transition((_S.SENDING,), _S.REJECTED, AuditAction.TRANSFER_REJECTED)
FAIL_TO_SEND = Transition((_S.SENDING,), _S.NOT_SENT, AuditAction.TRANSFER_NOT_SENT)
MARK_UNKNOWN = Transition((_S.SENDING,), _S.UNKNOWN, AuditAction.TRANSFER_UNKNOWN)
CONFIRM_ANSWERED = Transition((_S.ACCEPTED, _S.UNKNOWN), _S.ANSWERED, AuditAction.TRANSFER_ANSWERED)
CONFIRM_NOT_ANSWERED = Transition((_S.ACCEPTED, _S.UNKNOWN), _S.NOT_ANSWERED, AuditAction.TRANSFER_NOT_ANSWERED)
CONFIRM_NOT_EXECUTED = Transition((_S.UNKNOWN,), _S.NOT_EXECUTED, AuditAction.TRANSFER_NOT_EXECUTED)


def with_deadlines_applied(transfer: Transfer) -> Transfer:
    """Return the transfer as time has decided it, for display, even before a process has recorded that.

    A claim whose lease is over is shown as `unknown`, and a request that is past its time as `expired`. The result is
    then a copy that must not be saved.
    """
    now = timezone.now()
    if transfer.state == _S.SENDING and transfer.lease_until_at is not None and transfer.lease_until_at < now:
        return _shown_as(transfer, _S.UNKNOWN)
    if transfer.state == _S.REQUESTED and transfer.due_at < now - TTL:
        return _shown_as(transfer, _S.EXPIRED)
    return transfer


def _shown_as(transfer: Transfer, state: TransferState) -> Transfer:
    shown = copy(transfer)
    shown.state = state
    return shown


def resolved_if_unknown(source: ResolvedBy) -> Case:
    """Return the new value of `resolved_by` for a step that may leave `unknown` or another state.

    An expression, because only the UPDATE itself knows which state it leaves.
    """
    return Case(When(state=TransferState.UNKNOWN, then=Value(source)), default=F("resolved_by"))


def move_transfer(
    transfer_id: int,
    transition: Transition,
    *,
    actor: str,
    where: Q | None = None,
    changes: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Transfer | None:
    """Take one step of the table. Return the moved transfer, or None if it was not in a source state any more.

    `where` adds conditions (a claim token, a due time); `changes` are further columns of the same UPDATE. `where` must
    not join (`call__in=...`, never `call__state=...`): Django turns a join into `id IN (SELECT ...)`, which PostgreSQL
    does not evaluate again after it waited for the row lock of another claim, so both processes would send.
    """
    values = {"state": transition.target, **(changes or {})}
    if transition.target in SETTLED:
        values.setdefault("settled_at", Now())
    with transaction.atomic(savepoint=False):
        candidates = Transfer.objects.filter(where or Q(), pk=transfer_id, state__in=transition.sources)
        if candidates.update(**values) == 0:
            return None
        transfer = _WITH_CALLED_USER.get(pk=transfer_id)
        _record_step(transfer, transition, actor=actor, detail=detail)
    return transfer


def _record_step(transfer: Any, transition: Transition, *, actor: str, detail: Mapping[str, Any] | None) -> None:
    audit_log.record(
        actor=actor,
        action=transition.action,
        transfer_id=transfer.pk,
        call_id=transfer.call_id,
        outcome=transition.target,
        detail=detail,
    )
    publishing.publish_on_commit(call_id=transfer.call_id, user_ids=_users_to_notify(transfer))


def _users_to_notify(transfer: Any) -> set[int | None]:
    """Return whose card shows it: its agent, the agent of its call, and the colleague whose phone it calls."""
    return {transfer.agent_id, transfer.call.agent_id, transfer.called_user_id}
