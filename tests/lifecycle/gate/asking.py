"""Clients whose TENIOS answers as told, and the audit entries of the gate."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from django.conf import settings

from transfers.audit_log import AuditAction
from transfers.models import AuditEntry
from transfers.tenios import TeniosClient

KEY = "11112222-3333-4444-5555-666677778888"
NEW_KEY = "99998888-7777-6666-5555-444433332222"

RECORDS = {"success": True, "items": [], "page": 1, "page_size": 1, "total_items": 0}
"""Accepts a transfer, and is a page of call records."""

GATE_ACTIONS = (
    AuditAction.SENDING_STOPPED,
    AuditAction.SENDING_PAUSED,
    AuditAction.SENDING_RESUMED,
    AuditAction.ACCESS_KEY_CHECKED,
)


def asking(answer: Callable[[], httpx.Response], *, key: str = KEY, asked: list[str] | None = None) -> TeniosClient:
    """Return a client for `key`; `asked` takes the path of every request."""

    def handle(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request.url.path)
        return answer()

    return TeniosClient(access_key=key, base_url="https://tenios.test", transport=httpx.MockTransport(handle))


def answering(status: int, body: object, *, key: str = KEY, **headers: str) -> TeniosClient:
    """Return a client whose TENIOS always answers so."""
    return asking(lambda: httpx.Response(status, json=body, headers=headers), key=key)


def accepting(*, key: str = KEY, asked: list[str] | None = None) -> TeniosClient:
    """Return a client whose key is good."""
    return asking(lambda: httpx.Response(200, json=RECORDS), key=key, asked=asked)


def refusing(*, key: str = KEY, asked: list[str] | None = None) -> TeniosClient:
    """Return a client whose key is refused."""
    return asking(lambda: httpx.Response(403, json={"error_code": "BAD_CREDENTIALS"}), key=key, asked=asked)


def digest_of(key: str) -> str:
    """Return what the gate remembers of a refused key."""
    return TeniosClient(access_key=key, base_url="https://tenios.test").key_digest(secret=settings.SECRET_KEY)


def gate_entries() -> list[tuple[str, str, dict[str, Any]]]:
    """Return action, actor and detail of all entries about the gate, oldest first."""
    entries = AuditEntry.objects.filter(action__in=GATE_ACTIONS).select_related("detail").order_by("seq")
    return [(entry.action, entry.actor, json.loads(entry.detail.payload)) for entry in entries]
