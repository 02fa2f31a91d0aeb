"""Call detail records: one per leg, raw as TENIOS gives them (page api-cdr-request)."""

from collections import deque
from datetime import UTC, datetime
from typing import Any

from .calls import INBOUND, Leg

MOST_PAGE_SIZE = 1000
_EURO_PER_MINUTE = 0.012
_MOBILE_PREFIXES = ("+4915", "+4916", "+4917")


class CallRecords:
    """The records of ended legs; each shows up some seconds after its leg's end."""

    def __init__(self, *, most: int = 20_000) -> None:
        self._records: deque[tuple[float, datetime, dict[str, Any]]] = deque(maxlen=most)

    def add(self, leg: Leg, *, visible_from: float) -> None:
        """Keep the record of an ended leg; it shows from `visible_from` (monotonic seconds) on."""
        self._records.append((visible_from, leg.started_at, build_record(leg)))

    def select(self, *, start: datetime, end: datetime, at: float) -> list[dict[str, Any]]:
        """Return what is visible at `at` (monotonic seconds) and started between the two, oldest start first."""
        found = [(started, record) for seen, started, record in self._records if seen <= at and start <= started <= end]
        return [record for _, record in sorted(found, key=lambda pair: pair[0])]


def build_record(leg: Leg) -> dict[str, Any]:
    """Return the record of an ended leg in TENIOS' words: `duration` in seconds, `billusec` in microseconds."""
    ended_at = leg.ended_at or leg.started_at
    talked = (ended_at - leg.answered_at).total_seconds() if leg.answered_at else 0.0
    return {
        "uuid": leg.uuid,
        "bleg_uuid": leg.bleg_uuid,
        "main_leg_uuid": None if leg.call_type == INBOUND else leg.call_uuid,
        "call_type": leg.call_type,
        "callerid_number": leg.caller_number,
        "callerid_name": leg.caller_number if leg.call_type.startswith("SIPFORWARD") else None,
        "destination_number": leg.destination,
        "start_stamp": format_stamp(leg.started_at),
        "answer_stamp": format_stamp(leg.answered_at) if leg.answered_at else None,
        "end_stamp": format_stamp(ended_at),
        "duration": round((ended_at - leg.started_at).total_seconds()),
        "billusec": round(talked * 1_000_000),
        "hangup_cause": leg.hangup_cause,
        "cost": round(talked / 60 * _EURO_PER_MINUTE, 4) if leg.call_type == "FORWARD" else 0.0,
        "prepaid": False,
        "source_type": "MOBILE" if leg.caller_number.startswith(_MOBILE_PREFIXES) else "FIXED_LINE",
        "billing_status": None,
        "routing_status": None,
    }


def format_stamp(moment: datetime) -> str:
    """Return a time as TENIOS writes it in requests, e.g. 2016-04-11T09:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_stamp(text: object) -> datetime | None:
    """Read a time of a request: Z or an offset, any number of fraction digits; none of them counts as UTC."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        return None
