"""Reads the call events that TENIOS posts (page api-call-posts), keeps them storable, and removes secrets.

TENIOS does not document the request type of a forward's answer, so the types are an argument. Variables are an open
map. Only the call id identifies the call.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ._post_body import read_post
from ._text import scalar_text

_MOST_TEXT = 64
_CALL_UUID = re.compile("[0-9A-Za-z_-]{1,64}")
_WITHHELD = frozenset({"anonymous", "unknown", "restricted", "private", "unavailable"})


class CallEventKind(StrEnum):
    """What an event says about its call."""

    CALL_STARTED = "call_started"
    BLOCK_ENDED = "block_ended"
    FORWARD_STARTED = "forward_started"
    FORWARD_ANSWERED = "forward_answered"
    CALL_ENDED = "call_ended"
    OTHER = "other"


_KINDS = {
    "CALL_START": CallEventKind.CALL_STARTED,
    "BLOCK_END": CallEventKind.BLOCK_ENDED,
    "INITIATE_FORWARD": CallEventKind.FORWARD_STARTED,
    "CALL_END": CallEventKind.CALL_ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One call event. Texts for columns have at most 64 characters.

    `call_uuid` is "" if the event has no valid call id. `caller_number` is "" for a withheld number. `called_number` is
    TENIOS' `destination_number`. `access_key` is the sender's key, to be compared in constant time. `stored_json` is
    the whole event without any access key, in a form that every database stores.
    """

    kind: CallEventKind
    request_type: str
    call_uuid: str
    caller_number: str = field(repr=False)
    called_number: str = field(repr=False)
    variables: dict[str, str] = field(repr=False)
    access_key: str = field(repr=False)
    stored_json: str = field(repr=False)


def parse_call_event(body: bytes, *, forward_answer_types: Collection[str]) -> CallEvent:
    """Read a call event. `forward_answer_types` are the request types (in any case) for an answered forward.

    Raises InvalidCallEvent if the body is no JSON object in UTF-8, is nested too deeply, or has too many access keys.
    """
    post, access_key = read_post(body)
    variables = _read_variables(post.get("variables"))
    request_type = _column_text(scalar_text(post.get("requestType")))
    return CallEvent(
        kind=_kind_of(request_type, forward_answer_types),
        request_type=request_type,
        call_uuid=_read_call_uuid(variables),
        caller_number=_read_caller(variables),
        called_number=_column_text(variables.get("destination_number", "")),
        variables=variables,
        access_key=access_key,
        stored_json=json.dumps(post, ensure_ascii=False, allow_nan=False),
    )


def _read_variables(value: Any) -> dict[str, str]:
    items = value.items() if isinstance(value, dict) else ()
    return {
        name: json.dumps(item, ensure_ascii=False) if isinstance(item, list | dict) else scalar_text(item)
        for name, item in items
    }


def _column_text(text: str) -> str:
    return text.strip()[:_MOST_TEXT]


def _read_call_uuid(variables: dict[str, str]) -> str:
    """Return the id verbatim. It is part of addresses, so only letters, digits, - and _ make a valid id."""
    text = variables.get("call_uuid", "").strip()
    return text if _CALL_UUID.fullmatch(text) else ""


def _read_caller(variables: dict[str, str]) -> str:
    text = _column_text(variables.get("caller_id_number", ""))
    return "" if text.casefold() in _WITHHELD else text


def _kind_of(request_type: str, forward_answer_types: Collection[str]) -> CallEventKind:
    name = request_type.upper()
    if name in _KINDS:
        return _KINDS[name]
    is_answer = name in {each.strip().upper() for each in forward_answer_types}
    return CallEventKind.FORWARD_ANSWERED if is_answer and name else CallEventKind.OTHER
