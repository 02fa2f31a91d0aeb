"""Reads call records (page api-cdr-request), one per leg, in all formats of times and numbers that may come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ._text import clean_text, scalar_text

_INBOUND_TYPES = frozenset({"INBOUND", "WEBRTCINBOUND"})
_DESTINATION_TYPES = {"FORWARD": "external_number", "SIPFORWARD_USER": "sip_user", "SIPFORWARD_PRFL": "sip_trunk"}
_NUMBER = re.compile(r"[0-9]{1,17}(\.[0-9]{1,9})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_REAL_YEAR = 1971
_MOST_ID = 64
_MOST_DESTINATION = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One leg of a call. Times are aware and UTC.

    `main_leg_uuid` is the id of the caller's leg, and "" for the caller's leg itself. `destination_type` is None for a
    leg that no transfer creates. `answered_at` is None if nobody answered. `hangup_cause` may be any word.
    """

    leg_uuid: str
    main_leg_uuid: str
    destination_type: str | None
    is_inbound: bool
    destination: str = field(repr=False)
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    hangup_cause: str


class CallRecords(NamedTuple):
    """The legs of a period, oldest first, each once.

    If not `is_whole`, some could not be read, and a missing leg proves nothing.
    """

    legs: list[CallRecord]
    is_whole: bool


def read_record(item: object) -> CallRecord | None:
    """Return the leg of one item, or None if it has no id or no start."""
    if not isinstance(item, Mapping):
        return None
    leg_uuid = scalar_text(item.get("uuid")).strip()[:_MOST_ID]
    started_at = read_time(item.get("start_stamp"))
    if not leg_uuid or started_at is None:
        return None
    call_type = scalar_text(item.get("call_type")).strip().upper()
    ended_at = read_time(item.get("end_stamp"))
    return CallRecord(
        leg_uuid=leg_uuid,
        main_leg_uuid=scalar_text(item.get("main_leg_uuid")).strip()[:_MOST_ID],
        destination_type=_DESTINATION_TYPES.get(call_type),
        is_inbound=call_type in _INBOUND_TYPES,
        destination=scalar_text(item.get("destination_number")).strip()[:_MOST_DESTINATION],
        started_at=started_at,
        answered_at=_answered_at(item, started_at=started_at, ended_at=ended_at),
        ended_at=ended_at,
        hangup_cause=scalar_text(item.get("hangup_cause")).strip()[:_MOST_ID],
    )


def read_number(value: object) -> float | None:
    """Return a number from a number or a text; None for everything else, including negative numbers."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def read_time(value: object) -> datetime | None:
    """Return a time in UTC from ISO 8601 (also with a blank for T; UTC without a zone) or from s, ms or µs since 1970.

    None, "", 0, years before 1971 and unreadable values are no time (None).
    """
    number = read_number(value)
    try:
        at = _from_epoch(number) if number is not None else _from_iso(value)
    except (ValueError, OverflowError):
        return None
    return at if at and at.year >= _FIRST_REAL_YEAR else None


def _answered_at(item: Mapping[str, Any], *, started_at: datetime, ended_at: datetime | None) -> datetime | None:
    """Return when the leg was answered. Billed microseconds prove an answer too; they are counted back from the end."""
    answered_at = read_time(item.get("answer_stamp"))
    billed = read_number(item.get("billusec")) or 0
    if answered_at or billed <= 0:
        return answered_at
    if ended_at is None or billed / 1e6 > (ended_at - started_at).total_seconds():
        return started_at
    return ended_at - timedelta(microseconds=billed)


def _from_epoch(number: float) -> datetime:
    """The size shows the unit: until the year 5138, seconds are below 1e11 and milliseconds below 1e14."""
    unit = 1 if number < 1e11 else 1e3 if number < 1e14 else 1e6
    return _EPOCH + timedelta(seconds=number / unit)


def _from_iso(value: object) -> datetime | None:
    text = re.sub(r"\s+(?=[+-]\d|Z$|UTC$)", "", clean_text(value).strip()) if isinstance(value, str) else ""
    if not text:
        return None
    at = datetime.fromisoformat(re.sub("UTC$", "Z", text))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
