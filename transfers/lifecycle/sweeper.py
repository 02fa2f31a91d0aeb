"""Finds due transfers in the database that no worker has claimed.

Needs no Redis. Several sweepers may run, because each step is conditional.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models.functions import Now

from transfers.lifecycle import deadlines, execution, gate, states, waiting
from transfers.lifecycle.gate import GateState
from transfers.models import Transfer, TransferState
from transfers.tenios import TeniosClient

logger = logging.getLogger(__name__)

UNCLAIMED_AFTER = timedelta(seconds=1)
"""How long workers have the first chance to claim a due transfer."""

_checked_stops: set[datetime] = set()
"""The stops (their `stopped_at`) for which this process has checked its key. One check each: its key never changes."""


def sweep_once(pool: ThreadPoolExecutor) -> None:
    """Send what is due and unclaimed, close what is overdue, and reopen the gate where that is possible.

    `pool` runs whatever makes a request to TENIOS, so that the sweep itself never waits for an answer.
    """
    gate_state = gate.read_gate()
    if gate_state.is_stopped:
        waiting.cancel_stopped_requests(actor="sweeper")
    deadlines.expire_late_requests(gate_state, actor="sweeper")
    deadlines.release_lost_claims(actor="sweeper")
    if gate_state.is_open:
        _send_due(pool)
    _reopen_gate(gate_state, pool)


def _send_due(pool: ThreadPoolExecutor) -> None:
    due = Transfer.objects.filter(
        state=TransferState.REQUESTED,
        due_at__lte=Now() - UNCLAIMED_AFTER,
        due_at__gte=Now() - states.TTL,
    )
    for transfer_id in due.values_list("pk", flat=True):
        pool.submit(_send, transfer_id)


def _send(transfer_id: int) -> None:
    try:
        execution.execute_transfer(transfer_id, actor="sweeper")
    except Exception:
        logger.exception("the sweeper could not send transfer %s", transfer_id)
    finally:
        close_old_connections()


def _reopen_gate(gate_state: GateState, pool: ThreadPoolExecutor) -> None:
    """End a pause that is over. If the key was changed since TENIOS refused it, check the new one, once per stop."""
    if gate_state.paused_until_at is not None and not gate_state.is_paused:
        gate.end_pause(actor="sweeper")
    if gate_state.stopped_at and gate_state.stopped_at not in _checked_stops and settings.TENIOS_ACCESS_KEY:
        client = execution.make_client()
        if gate.is_key_changed(gate_state, client):
            _checked_stops.add(gate_state.stopped_at)
            pool.submit(_check_changed_key, client, gate_state.stopped_at)


def _check_changed_key(client: TeniosClient, stopped_at: datetime) -> None:
    try:
        gate.check_access_key(client=client, actor="sweeper")
    except (gate.CheckAlreadyRunning, DatabaseError):
        # This key was not checked: the process whose check runs may still have the old key. The next sweep retries.
        _checked_stops.discard(stopped_at)
    except Exception:
        logger.exception("the sweeper could not check the access key")
    finally:
        close_old_connections()
