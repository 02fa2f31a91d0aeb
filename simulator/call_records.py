"""Call detail records (CDR): one for each leg, in TENIOS' format (page api-cdr-request)."""

from collections import deque
from datetime import UTC, datetime
from typing import Any

from .calls import INBOUND, Leg

MOST_PAGE_SIZE = 1000
_EURO_PER_MINUTE = 0.012
_MOBILE_PREFIXES = ("+4915", "+4916", "+4917")


class CallRecords:
    """The records of ended legs. Each becomes visible some seconds after the end of its leg."""

    def __init__(self, *, most: int = 20_000) -> None:
        self._records: deque[tuple[float, datetime, dict[str, Any]]] = deque(maxlen=most)

    def add(self, leg: Leg, *, visible_from: float) -> None:
        """Store the record of an ended leg, visible from `visible_from` (monotonic seconds)."""
        self._records.append((visible_from, leg.started_at, build_record(leg)))

    def select(self, *, start: datetime, end: datetime, at: float) -> list[dict[str, Any]]:
        """Return records visible at `at` (monotonic seconds) of legs that began between start and end, oldest first."""
        records = [
            (started, record)
            for visible_from, started, record in self._records
            if visible_from <= at and start <= started <= end
        ]
        return [record for _started, record in sorted(records, key=lambda pair: pair[0])]


def build_record(leg: Leg) -> dict[str, Any]:
    """Return the record of an ended leg in TENIOS' format: `duration` in seconds, `billusec` in microseconds."""
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
    """Format a time as TENIOS does in requests, e.g. 2016-04-11T09:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_stamp(text: object) -> datetime | None:
    """Parse a time of a request, with Z or an offset (neither: UTC) and any fraction; return None if it is invalid."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        return None
