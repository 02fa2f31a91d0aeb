"""Call events in TENIOS' own format, as they arrive at /tenios/events/ (docs/tenios-api.md §4.1)."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from transfers.calls.events import apply_call_event
from transfers.models import CallEvent
from transfers.tenios import parse_call_event

CALLER = "+493023125417"
DIALLED = "+492214710100"


def make_post(request_type: str, *, call_uuid: str = "", block_type: str = "", **variables: str) -> dict[str, Any]:
    """Return one event as a dictionary. `variables` are added to the four documented ones."""
    call_uuid = call_uuid or str(uuid.uuid4())
    post: dict[str, Any] = {
        "requestType": request_type,
        "customerNumber": 200000,
        "accessKey": settings.TENIOS_EVENT_KEYS[0],
        "variables": {
            "destination_number": DIALLED,
            "correlation_id": call_uuid,
            "call_uuid": call_uuid,
            "caller_id_number": CALLER,
            **variables,
        },
    }
    return {**post, "blockType": block_type} if block_type else post


def apply_post(
    request_type: str, *, call_uuid: str, received_at: datetime | None = None, block_type: str = "", **variables: str
) -> CallEvent:
    """Apply one event directly, without the view and the intake."""
    post = make_post(request_type, call_uuid=call_uuid, block_type=block_type, **variables)
    posted = parse_call_event(json.dumps(post).encode(), forward_answer_types=settings.TENIOS_FORWARD_ANSWER_TYPES)
    return apply_call_event(posted, received_at=received_at or timezone.now())
