"""Closing the gate, and letting a pause end. Each is one conditional UPDATE, its audit entry and the news of it."""

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
from transfers.lifecycle.gate.state import MOST_PAUSE, TOO_FAR, read_gate
from transfers.live import publishing
from transfers.models import SendingGate
from transfers.tenios import TeniosClient, TransferAnswer

DEFAULT_PAUSE_SECONDS = 5
"""For a 429 that does not say how long."""

_LEAST_GAIN = timedelta(seconds=1)
"""A pause is prolonged by at least this much, so that answers which come together make one pause."""

_IS_TOO_FAR = Q(paused_until_at__gt=Now() + TOO_FAR)


def closes_gate(answer: TransferAnswer) -> bool:
    """Tell whether the answer to a transfer says that further ones must not, or not yet, be sent."""
    return answer.is_key_refused or answer.http_status == 429


def update_gate_from(answer: TransferAnswer, *, client: TeniosClient, actor: str, transfer_id: int) -> None:
    """Stop or pause sending if the answer to a transfer asks for it; in the transaction that records its verdict."""
    if answer.is_key_refused:
        code = answer.error_code or f"HTTP {answer.http_status}"
        digest = client.key_digest(secret=settings.SECRET_KEY)
        stop_sending(code=code, key_digest=digest, actor=actor, transfer_id=transfer_id)
    elif closes_gate(answer):
        pause_sending(answer.retry_after_seconds, actor=actor, transfer_id=transfer_id)


def stop_sending(*, code: str, key_digest: str, actor: str, transfer_id: int | None = None) -> bool:
    """Stop sending until a check of the key opens the gate; return whether it was this call that stopped it.

    `code` is TENIOS' word for the refusal, `key_digest` the refused key's (`TeniosClient.key_digest`).
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
    """Pause sending for as long as TENIOS asks, from 1 to 60 s; `seconds` is None when it names no time.

    A longer pause that runs already stays. Returns whether this call set or prolonged it.
    """
    kept = max(1, min(DEFAULT_PAUSE_SECONDS if seconds is None else seconds, int(MOST_PAUSE.total_seconds())))
    until_at = Now() + timedelta(seconds=kept)
    return _change(
        Q(paused_until_at=None) | Q(paused_until_at__lte=until_at - _LEAST_GAIN) | _IS_TOO_FAR,
        {"paused_until_at": until_at},
        actor=actor,
        action=AuditAction.SENDING_PAUSED,
        detail={"pause_seconds": kept, "asked_seconds": seconds},
        transfer_id=transfer_id,
    )


def end_pause(*, actor: str) -> bool:
    """Take note that a pause is over, once: by then requests leave again already. Returns whether this call did."""
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
