"""Closes the gate, and ends a pause. Each change is one conditional UPDATE, its audit entry and its message."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.audit_log.writer import lock_head
from transfers.lifecycle.gate.state import LONGEST_PAUSE, TOO_FAR, read_gate
from transfers.live import publishing
from transfers.models import SendingGate
from transfers.tenios import TeniosClient, TransferAnswer

DEFAULT_PAUSE_SECONDS = 5
"""How long to pause after a 429 without `Retry-After`."""

_SHORTEST_EXTENSION = timedelta(seconds=1)
"""A pause is extended by at least this much, so that answers that arrive together make one pause and one entry."""

_IS_TOO_FAR = Q(paused_until_at__gt=Now() + TOO_FAR)


def closes_gate(answer: TransferAnswer) -> bool:
    """Whether the answer to a transfer means that further ones must not be sent, or not yet."""
    return answer.is_key_refused or answer.http_status == 429


def update_gate_from(answer: TransferAnswer, *, client: TeniosClient, actor: str, transfer_id: int) -> None:
    """Stop or pause sending if the answer requires it. Call it in the transaction that records the answer's verdict."""
    if answer.is_key_refused:
        code = answer.error_code or f"HTTP {answer.http_status}"
        digest = client.key_digest(secret=settings.SECRET_KEY)
        stop_sending(code=code, key_digest=digest, actor=actor, transfer_id=transfer_id)
    elif closes_gate(answer):
        pause_sending(answer.retry_after_seconds, actor=actor, transfer_id=transfer_id)


def stop_sending(*, code: str, key_digest: str, actor: str, transfer_id: int | None = None) -> bool:
    """Stop sending until a key check opens the gate. Return whether this call stopped it.

    `code` is TENIOS' error code, or the HTTP status if there is none; `key_digest` is `TeniosClient.key_digest` of the
    refused key.
    """
    return not read_gate().is_stopped and _change(
        Q(stopped_at=None),
        {"stopped_at": Now(), "stop_code": code[:64], "refused_key_digest": key_digest},
        actor=actor,
        action=AuditAction.SENDING_STOPPED,
        detail={"error_code": code[:64]},
        transfer_id=transfer_id,
    )


def pause_sending(seconds: int | None, *, actor: str, transfer_id: int | None = None) -> bool:
    """Pause sending for as long as TENIOS asks, but 1 to 60 s; `seconds` is None if it named no time.

    A pause that already lasts longer stays as it is. Return whether this call set or extended the pause.
    """
    pause_seconds = max(
        1, min(DEFAULT_PAUSE_SECONDS if seconds is None else seconds, int(LONGEST_PAUSE.total_seconds()))
    )
    until_at = Now() + timedelta(seconds=pause_seconds)
    return _change(
        Q(paused_until_at=None) | Q(paused_until_at__lte=until_at - _SHORTEST_EXTENSION) | _IS_TOO_FAR,
        {"paused_until_at": until_at},
        actor=actor,
        action=AuditAction.SENDING_PAUSED,
        detail={"pause_seconds": pause_seconds, "asked_seconds": seconds},
        transfer_id=transfer_id,
    )


def end_pause(*, actor: str) -> bool:
    """Record that a pause is over; requests are sent again before that. Return whether this call recorded it."""
    return _change(
        Q(paused_until_at__lte=Now()) | _IS_TOO_FAR,
        {"paused_until_at": None},
        actor=actor,
        action=AuditAction.SENDING_RESUMED,
        detail={"reason": "pause_over"},
    )


def _change(
    where: Q,
    values: Mapping[str, Any],
    *,
    actor: str,
    action: AuditAction,
    detail: Mapping[str, Any],
    transfer_id: int | None = None,
) -> bool:
    with transaction.atomic():
        lock_head()
        SendingGate.objects.bulk_create([SendingGate(pk=1)], ignore_conflicts=True)
        is_changed = bool(SendingGate.objects.filter(where).update(**values))
        if is_changed:
            audit_log.record(actor=actor, action=action, transfer_id=transfer_id, detail=detail)
            publishing.publish_system_on_commit()
    return is_changed
