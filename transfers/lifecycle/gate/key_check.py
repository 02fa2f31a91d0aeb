"""Checks the access key by a harmless read. One check runs at a time; its result may open the gate.

The lease `checking_until_at` is taken before the request and released together with the result. If the process dies
meanwhile, the lease runs out. The request is never sent inside a transaction.
"""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.audit_log.writer import lock_head
from transfers.base import leases
from transfers.lifecycle.gate.state import GateState, read_gate
from transfers.live import publishing
from transfers.models import SendingGate
from transfers.tenios import KeyCheck, KeyVerdict, TeniosClient

LEASE = timedelta(seconds=10)
"""How long one check may take from its lease to its record: the 6 s deadline of the request, and time to write."""


class CheckAlreadyRunning(Exception):
    """Another process checks the key at this moment; its result counts for all."""


def check_access_key(*, client: TeniosClient, actor: str, actor_name: str = "") -> KeyCheck:
    """Ask TENIOS once whether it accepts the client's key, and update the gate.

    Accepted: the gate opens. Refused: it stays closed, and the key counts as the refused one. Unclear: no change.
    A check never closes the gate, because it may run on a host that TENIOS refuses while it accepts the hosts that
    send. `actor` and `actor_name` go into the audit entry. Raises `CheckAlreadyRunning`.
    """
    started = time.monotonic()
    if not _take_lease():
        raise CheckAlreadyRunning
    gate_before = read_gate()
    check = client.check_key(at=timezone.now())
    is_late = time.monotonic() - started > LEASE.total_seconds()
    if is_late:
        check = replace(check, verdict=KeyVerdict.UNCLEAR, problem="too_late")
    with transaction.atomic():
        lock_head()
        audit_log.record(actor=actor, action=AuditAction.ACCESS_KEY_CHECKED, detail=_detail_of(check, actor_name))
        _update_gate(check, gate_before, key_digest=client.key_digest(secret=settings.SECRET_KEY), actor=actor)
        if not is_late:
            SendingGate.objects.update(checking_until_at=None)
        publishing.publish_system_on_commit()
    return check


def is_key_changed(gate: GateState, client: TeniosClient) -> bool:
    """Whether sending is stopped because of another key than the client's, so that checking this one may help."""
    return gate.is_stopped and gate.refused_key_digest != client.key_digest(secret=settings.SECRET_KEY)


def _take_lease() -> bool:
    SendingGate.objects.bulk_create([SendingGate(pk=1)], ignore_conflicts=True)
    free = SendingGate.objects.filter(leases.is_free("checking_until_at", longest=LEASE))
    return bool(free.update(checking_until_at=Now() + LEASE))


def _detail_of(check: KeyCheck, actor_name: str) -> dict[str, Any]:
    answer = {"http_status": check.http_status, "problem": check.problem, "seconds": check.seconds}
    name = {"actor_name": actor_name} if actor_name else {}
    return {"result": check.verdict, "answer": answer, "error_code": check.error_code, **name}


def _update_gate(check: KeyCheck, gate_before: GateState, *, key_digest: str, actor: str) -> None:
    """Open the gate, or note the refused key. An answer opens only the stop that existed before its request."""
    if check.verdict == KeyVerdict.ACCEPTED and gate_before.stopped_at:
        # Plus a millisecond: SQLite compares times as texts, and one moment may have 0, 3 or 6 decimals there.
        is_same_stop = Q(stopped_at__lt=gate_before.stopped_at + timedelta(milliseconds=1))
        values = {"stopped_at": None, "stop_code": "", "refused_key_digest": ""}
        if SendingGate.objects.filter(is_same_stop).update(**values):
            detail = {"reason": "key_accepted"}
            audit_log.record(actor=actor, action=AuditAction.SENDING_RESUMED, detail=detail)
    elif check.verdict == KeyVerdict.REFUSED:
        code = check.error_code or f"HTTP {check.http_status}"
        SendingGate.objects.filter(stopped_at__isnull=False).update(refused_key_digest=key_digest, stop_code=code[:64])
