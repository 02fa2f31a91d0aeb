"""The one check of the access key that may run at a time: a harmless read, whose answer may open the gate.

The lease `checking_until_at` says that somebody asks just now. It is taken before the request and given back with what
came of it; who dies meanwhile leaves it to run out. A request is never made inside a transaction.
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
"""How long one check may take from its lease to its record: the 6 s deadline of the request, and room to write."""


class CheckAlreadyRunning(Exception):
    """Somebody else asks TENIOS at this moment; their answer counts for all."""


def check_access_key(*, client: TeniosClient, actor: str, actor_name: str = "") -> KeyCheck:
    """Ask TENIOS once whether it takes the client's key, and let the gate follow the answer.

    Accepted: it opens. Refused: it stays shut, and knows this key as the refused one. Unclear: it stays as it is.
    A check never shuts it: it may come from a host that TENIOS refuses while it takes the key from those that send.
    `actor` and `actor_name` are those of the audit log. Raises `CheckAlreadyRunning`.
    """
    started = time.monotonic()
    if not _take_lease():
        raise CheckAlreadyRunning
    gate = read_gate()
    check = client.check_key(at=timezone.now())
    is_late = time.monotonic() - started > LEASE.total_seconds()
    if is_late:
        check = replace(check, verdict=KeyVerdict.UNCLEAR, problem="too_late")
    with transaction.atomic():
        lock_head()
        audit_log.record(actor=actor, action=AuditAction.ACCESS_KEY_CHECKED, detail=_told(check, actor_name))
        _follow(check, gate, key_digest=client.key_digest(secret=settings.SECRET_KEY), actor=actor)
        if not is_late:
            SendingGate.objects.update(checking_until_at=None)
        publishing.publish_system_on_commit()
    return check


def is_key_changed(gate: GateState, client: TeniosClient) -> bool:
    """Tell whether sending is stopped for another key than the client's: then the new one deserves a check."""
    return gate.is_stopped and gate.refused_key_digest != client.key_digest(secret=settings.SECRET_KEY)


def _take_lease() -> bool:
    SendingGate.objects.bulk_create([SendingGate(pk=1)], ignore_conflicts=True)
    free = SendingGate.objects.filter(leases.is_free("checking_until_at", longest=LEASE))
    return bool(free.update(checking_until_at=Now() + LEASE))


def _told(check: KeyCheck, actor_name: str) -> dict[str, Any]:
    answer = {"http_status": check.http_status, "problem": check.problem, "seconds": check.seconds}
    name = {"actor_name": actor_name} if actor_name else {}
    return {"result": check.verdict, "answer": answer, "error_code": check.error_code, **name}


def _follow(check: KeyCheck, gate: GateState, *, key_digest: str, actor: str) -> None:
    """Let the gate follow; `gate` is how it was before the question, so that an older answer opens no newer stop."""
    if check.verdict == KeyVerdict.ACCEPTED and gate.stopped_at:
        # A millisecond of room: SQLite compares times as text, and one moment may have 0, 3 or 6 decimals there.
        is_same_stop = Q(stopped_at__lt=gate.stopped_at + timedelta(milliseconds=1))
        values = {"stopped_at": None, "stop_code": "", "refused_key_digest": ""}
        if SendingGate.objects.filter(is_same_stop).update(**values):
            detail = {"reason": "key_accepted"}
            audit_log.record(actor=actor, action=AuditAction.SENDING_RESUMED, detail=detail)
    elif check.verdict == KeyVerdict.REFUSED:
        code = check.error_code or f"HTTP {check.http_status}"
        SendingGate.objects.filter(stopped_at__isnull=False).update(refused_key_digest=key_digest, stop_code=code[:64])
