"""The answers of TENIOS' interface exactly as its pages show them; only some errors have the field `success`."""

import json
from dataclasses import dataclass
from typing import Any

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def error_code(self) -> str | None:
        """The `error_code` in the body, if there is one."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return None
        return body.get("error_code") if isinstance(body, dict) else None


def answer_json(body: Any, *, status: int = 200) -> Answer:
    """Return `body` as compact JSON."""
    return Answer(status, json.dumps(body, separators=(",", ":")).encode())


def success() -> Answer:
    """Return the answer of an accepted request."""
    return answer_json({"success": True})


def invalid_value(field: str) -> Answer:
    """Return the error of a value that is not documented (page transfer-call-api; with `success`)."""
    return _error("INVALID_VALUE", "Invalid parameter type or format", [field], with_success=True)


def invalid_field(field: str, value: object) -> Answer:
    """Return the error of a value in a wrong format (page transfer-call-api; without `success`)."""
    return _error("INVALID_FIELD", f"Invalid '{field}' input parameter. Invalid value - '{value}'.", [field])


def invalid_json() -> Answer:
    """Return the error of a body that is no JSON or lacks a parameter (page transfer-call-api; names no field)."""
    return _error("INVALID_JSON", "An invalid JSON object was provided in the request body.", [])


def call_not_found() -> Answer:
    """Return the error of a well-formed but unknown call (page transfer-call-api; 400, not 404)."""
    return _error("CALL_UUID_NOT_FOUND", "The call wasn't found", ["call_uuid"], with_success=True)


def bad_credentials(*, status: int) -> Answer:
    """Return the error of a wrong key: 403 by page api-allgemein, 400 by page api-acd."""
    return _error("BAD_CREDENTIALS", "Bad credentials", [], status=status)


def field_required(field: str) -> Answer:
    """Return the error of a missing or empty parameter (page api-acd)."""
    return _error("FIELD_IS_REQUIRED", f"Parameter '{field}' is required", [field])


def agent_not_found() -> Answer:
    """Return the error of an unknown agent (page wrapup-api)."""
    return _error("AGENT_NOT_FOUND", "Agent not found.", [])


def undocumented_refusal(code: str, message: str) -> Answer:
    """Return an error with a code that is not documented, in the documented format."""
    return _error(code, message, ["call_uuid"], with_success=True)


def not_found() -> Answer:
    """Return the 404 of an unknown path or method; its body is not documented."""
    return answer_json({"error_message": "Not found"}, status=404)


def _error(code: str, message: str, fields: list[str], *, status: int = 400, with_success: bool = False) -> Answer:
    body = {"error_code": code, "error_message": message, "fields": fields}
    return answer_json({"success": False, **body} if with_success else body, status=status)
