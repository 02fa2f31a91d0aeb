"""Posts of TENIOS as they arrive at /tenios/events/ (docs/tenios-api.md §4.1): the five of a call's whole life."""

import uuid
from typing import Any

CALLED = "+492214710100"
LIFE = ("CALL_START", "BLOCK_END", "INITIATE_FORWARD", "FORWARD_ANSWER", "CALL_END")


def make_post(request_type: str, *, call_uuid: str, event_key: str) -> dict[str, Any]:
    """Return one post of a call."""
    return {
        "requestType": request_type,
        "customerNumber": 200000,
        "accessKey": event_key,
        "variables": {
            "destination_number": CALLED,
            "correlation_id": call_uuid,
            "call_uuid": call_uuid,
            "caller_id_number": "+493023125417",
        },
    }


def life_of_a_call(event_key: str) -> list[dict[str, Any]]:
    """Return the posts of a new call, in their order."""
    call_uuid = str(uuid.uuid4())
    return [make_post(request_type, call_uuid=call_uuid, event_key=event_key) for request_type in LIFE]
