"""Fields of transfer requests, and the documented errors as text."""

from typing import Any

UNKNOWN_CALL = "5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab"
NUMBER = "+4922100000000"
NOT_FOUND = (
    '{"success":false,"error_code":"CALL_UUID_NOT_FOUND","error_message":"The call wasn\'t found",'
    '"fields":["call_uuid"]}'
)
INVALID_JSON = (
    '{"error_code":"INVALID_JSON","error_message":"An invalid JSON object was provided in the request body.",'
    '"fields":[]}'
)
BAD_KEY = '{"error_code":"BAD_CREDENTIALS","error_message":"Bad credentials","fields":[]}'


def request_for(running_call: str, **changes: Any) -> dict[str, Any]:
    return {"call_uuid": running_call, "destination_type": "EXTERNALNUMBER", "destination": NUMBER, **changes}
