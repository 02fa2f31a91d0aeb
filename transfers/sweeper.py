"""Finds in the database what the doorbell missed. Needs no Redis; several may run, for each step is conditional."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import close_old_connections
from django.db.models import Q
from django.db.models.functions import Now

from transfers import transfer_execution, transfer_states
from transfers.models import Transfer, TransferState

logger = logging.getLogger(__name__)

UNCLAIMED_AFTER = timedelta(seconds=1)
"""How long a worker has the first chance at a due transfer."""


def sweep_once(pool: ThreadPoolExecutor) -> None:
    """Send what is due and unclaimed, expire what is too old, and call `unknown` what nobody reported back."""
    expire_late_requests()
    release_lost_claims()
    due = Transfer.objects.filter(
        state=TransferState.REQUESTED,
        due_at__lte=Now() - UNCLAIMED_AFTER,
        due_at__gte=Now() - transfer_states.TTL,
    )
    for transfer_id in due.values_list("pk", flat=True):
        pool.submit(_send, transfer_id)


def expire_late_requests() -> None:
    """Close requests that are past their time, or dated in the future by a clock that jumped."""
    too_late = Q(due_at__lt=Now() - transfer_states.TTL) | Q(requested_at__gt=Now() + timedelta(seconds=1))
    for transfer_id in Transfer.objects.filter(too_late, state=TransferState.REQUESTED).values_list("pk", flat=True):
        transfer_states.move_transfer(transfer_id, transfer_states.EXPIRE, actor="sweeper", where=too_late)


def release_lost_claims() -> None:
    """Turn a claim whose lease is over into `unknown`: its sender may have died before, while or after sending."""
    is_over = Q(lease_until_at__lt=Now())
    for transfer_id in Transfer.objects.filter(is_over, state=TransferState.SENDING).values_list("pk", flat=True):
        transfer_states.move_transfer(
            transfer_id,
            transfer_states.LOSE_SIGHT,
            actor="sweeper",
            where=is_over,
            changes={"error_code": "no_report"},
            detail={"error_code": "no_report"},
        )


def _send(transfer_id: int) -> None:
    try:
        transfer_execution.execute_transfer(transfer_id, actor="sweeper")
    except Exception:
        logger.exception("the sweeper could not send transfer %s", transfer_id)
    finally:
        close_old_connections()
