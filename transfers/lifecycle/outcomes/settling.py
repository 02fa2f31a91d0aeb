"""Writes what evidence proves, and says which stretch of time is evidence for which transfer of a call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.lifecycle import states
from transfers.lifecycle.states import Transition
from transfers.models import Call, CancelReason, ResolvedBy, Transfer, TransferState

_MAY_HAVE_A_LEG = [
    TransferState.SENDING,
    TransferState.ACCEPTED,
    TransferState.UNKNOWN,
    TransferState.ANSWERED,
    TransferState.NOT_ANSWERED,
]


def awaiting_outcome(where: Q) -> QuerySet[Transfer]:
    """Return the transfers that were sent and whose end evidence may still settle."""
    return Transfer.objects.select_related("call").filter(
        where, state__in=[TransferState.ACCEPTED, TransferState.UNKNOWN], sent_at__isnull=False
    )


def in_question(where: Q) -> QuerySet[Transfer]:
    """Return those, and the ones that a person's word settled: it is final, but evidence may say otherwise."""
    by_word = Q(state=TransferState.NOT_EXECUTED, resolved_by=ResolvedBy.PERSON, sent_at__isnull=False)
    unsettled = Q(state__in=[TransferState.ACCEPTED, TransferState.UNKNOWN], sent_at__isnull=False)
    return Transfer.objects.select_related("call").filter(where, unsettled | by_word)


def contradict(transfer: Transfer, *, actor: str, detail: Mapping[str, Any]) -> None:
    """Record, once for a transfer, that what was found out says otherwise than the person did. Its state stays."""
    with transaction.atomic():
        # Changes nothing, but on PostgreSQL it takes the row: whoever comes second finds the entry of the first.
        of_person = Transfer.objects.filter(pk=transfer.pk, resolved_by=ResolvedBy.PERSON)
        if not of_person.update(resolved_by=ResolvedBy.PERSON):
            return
        if audit_log.contradicted_transfers([transfer.pk]):
            return
        audit_log.record(
            actor=actor,
            action=AuditAction.TRANSFER_CONTRADICTED,
            transfer_id=transfer.pk,
            call_id=transfer.call_id,
            detail=detail,
        )


def next_sent_at(transfer: Transfer) -> datetime | None:
    """Return when the next transfer of the call was sent: what happened from then on speaks of that one.

    Never this one itself: SQLite compares texts, and what its clock wrote as 12:00:01.000 is later than 12:00:01.
    """
    others = transfer.call.transfers.exclude(pk=transfer.pk)
    later = others.filter(state__in=_MAY_HAVE_A_LEG, sent_at__gt=transfer.sent_at)
    return later.order_by("sent_at").values_list("sent_at", flat=True).first()


def was_sent_to_same_address(transfer: Transfer, where: Q) -> bool:
    """Tell whether another transfer of the call went to the same address and may have a leg there."""
    same = Q(destination_type=transfer.destination_type, destination=transfer.destination)
    return transfer.call.transfers.filter(where, same, state__in=_MAY_HAVE_A_LEG).exclude(pk=transfer.pk).exists()


def settle(
    transfer: Transfer, transition: Transition, evidence: Mapping[str, Any], changes: Mapping[str, Any] | None = None
) -> None:
    """Take one step by evidence from TENIOS. An answer takes back what was requested meanwhile for the same caller."""
    moved = states.move_transfer(
        transfer.pk,
        transition,
        actor="tenios",
        changes={"resolved_by": states.resolved_if_unknown(ResolvedBy(evidence["source"])), **(changes or {})},
        detail={"evidence": evidence},
    )
    if moved is not None and transition is states.CONFIRM_ANSWERED:
        cancel_requested(transfer.call, reason=CancelReason.ANSWERED_MEANWHILE, evidence=evidence)


def cancel_requested(call: Call, *, reason: CancelReason, evidence: Mapping[str, Any] | None = None) -> None:
    """Take back the request of a call that has not been sent."""
    for transfer_id in call.transfers.filter(state=TransferState.REQUESTED).values_list("pk", flat=True):
        states.move_transfer(
            transfer_id,
            states.CANCEL,
            actor="tenios",
            changes={"cancel_reason": reason},
            detail={"error_code": reason, **({"evidence": evidence} if evidence else {})},
        )
