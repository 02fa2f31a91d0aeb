"""Finds in the database what the doorbell missed. Needs no Redis; several may run, for each step is conditional."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models.functions import Now

from transfers.lifecycle import deadlines, execution, held, states
from transfers.lifecycle import gate as sending_gate
from transfers.lifecycle.gate import GateState
from transfers.models import Transfer, TransferState
from transfers.tenios import TeniosClient

logger = logging.getLogger(__name__)

UNCLAIMED_AFTER = timedelta(seconds=1)
"""How long a worker has the first chance at a due transfer."""

_checked_stops: set[datetime] = set()
"""The stops (their `stopped_at`) for which this process has had its one check. Its key never changes while it runs."""


def sweep_once(pool: ThreadPoolExecutor) -> None:
    """Send what is due and unclaimed, expire what is too old, and call `unknown` what nobody reported back."""
    gate = sending_gate.read_gate()
    if gate.is_stopped:
        held.cancel_stopped_requests(actor="sweeper")
    deadlines.expire_late_requests(gate, actor="sweeper")
    deadlines.release_lost_claims(actor="sweeper")
    if gate.is_open:
        _send_due(pool)
    mind_gate(gate, pool)


def mind_gate(gate: GateState, pool: ThreadPoolExecutor) -> None:
    """Let a pause that is over end, and check a key that was changed since TENIOS refused it: once for each stop."""
    if gate.paused_until_at is not None and not gate.is_paused:
        sending_gate.end_pause(actor="sweeper")
    if gate.stopped_at and gate.stopped_at not in _checked_stops and settings.TENIOS_ACCESS_KEY:
        client = execution.make_client()
        if sending_gate.is_key_changed(gate, client):
            _checked_stops.add(gate.stopped_at)
            pool.submit(_check_changed_key, client, gate.stopped_at)


def _send_due(pool: ThreadPoolExecutor) -> None:
    due = Transfer.objects.filter(
        state=TransferState.REQUESTED,
        due_at__lte=Now() - UNCLAIMED_AFTER,
        due_at__gte=Now() - states.TTL,
    )
    for transfer_id in due.values_list("pk", flat=True):
        pool.submit(_send, transfer_id)


def _check_changed_key(client: TeniosClient, stopped_at: datetime) -> None:
    try:
        sending_gate.check_access_key(client=client, actor="sweeper")
    except (sending_gate.CheckAlreadyRunning, DatabaseError):
        _checked_stops.discard(stopped_at)  # this key has not had its check: whoever asks may have the old one
    except Exception:
        logger.exception("the sweeper could not check the access key")
    finally:
        close_old_connections()


def _send(transfer_id: int) -> None:
    try:
        execution.execute_transfer(transfer_id, actor="sweeper")
    except Exception:
        logger.exception("the sweeper could not send transfer %s", transfer_id)
    finally:
        close_old_connections()
