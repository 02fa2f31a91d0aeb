"""Writes what evidence proves, and tells which period of a call is evidence for which of its transfers."""

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

DENIED = Q(state=TransferState.NOT_EXECUTED, resolved_by=ResolvedBy.PERSON, sent_at__isnull=False)
"""Transfers of which a person said that the caller is still there. The state is final; evidence may contradict it."""

_AWAITING = Q(state__in=[TransferState.ACCEPTED, TransferState.UNKNOWN], sent_at__isnull=False)
_MAY_HAVE_A_LEG = [
    TransferState.SENDING,
    TransferState.ACCEPTED,
    TransferState.UNKNOWN,
    TransferState.ANSWERED,
    TransferState.NOT_ANSWERED,
]


def awaiting_outcome(where: Q) -> QuerySet[Transfer]:
    """Return the transfers that were sent and that evidence may still settle."""
    return Transfer.objects.select_related("call").filter(where, _AWAITING)


def in_question(where: Q) -> QuerySet[Transfer]:
    """Return the transfers that evidence may still settle or contradict."""
    return Transfer.objects.select_related("call").filter(where, _AWAITING | DENIED)


def is_doubtful(transfer: Transfer) -> bool:
    """Whether TENIOS never confirmed this transfer: it may not have been executed at all."""
    return transfer.state == TransferState.UNKNOWN or transfer.resolved_by == ResolvedBy.PERSON


def sent_at_of(transfer: Transfer) -> datetime:
    """Return when the transfer was sent (UTC); when it was requested, for one that has no such time."""
    return transfer.sent_at or transfer.requested_at


def contradict(transfer: Transfer, *, actor: str, detail: Mapping[str, Any]) -> None:
    """Record, once for each transfer, that evidence says otherwise than the person did. Its state stays."""
    with transaction.atomic():
        # This update changes nothing. On PostgreSQL it locks the row, so a second process sees the entry of the first.
        by_person = Transfer.objects.filter(pk=transfer.pk, resolved_by=ResolvedBy.PERSON)
        if not by_person.update(resolved_by=ResolvedBy.PERSON):
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
    """Return when the next transfer of the call was sent (UTC): evidence from then on is about that one.

    Excludes this transfer itself: SQLite compares times as texts, and takes 12:00:01.000, which its own clock wrote,
    for later than 12:00:01.
    """
    others = transfer.call.transfers.exclude(pk=transfer.pk)
    later = others.filter(state__in=_MAY_HAVE_A_LEG, sent_at__gt=transfer.sent_at)
    return later.order_by("sent_at").values_list("sent_at", flat=True).first()


def was_sent_to_same_address(transfer: Transfer, where: Q) -> bool:
    """Whether another transfer of the call, one that `where` selects, may have a leg at the same address."""
    same = Q(destination_type=transfer.destination_type, destination=transfer.destination)
    return transfer.call.transfers.filter(where, same, state__in=_MAY_HAVE_A_LEG).exclude(pk=transfer.pk).exists()


def settle(
    transfer: Transfer, transition: Transition, evidence: Mapping[str, Any], changes: Mapping[str, Any] | None = None
) -> None:
    """Take one step because of evidence from TENIOS. An answer cancels what was requested meanwhile for this call."""
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
    """Cancel the request of a call that has not been sent."""
    for transfer_id in call.transfers.filter(state=TransferState.REQUESTED).values_list("pk", flat=True):
        states.move_transfer(
            transfer_id,
            states.CANCEL,
            actor="tenios",
            changes={"cancel_reason": reason},
            detail={"error_code": reason, **({"evidence": evidence} if evidence else {})},
        )
