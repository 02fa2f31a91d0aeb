"""Everything that speaks TENIOS: transfers, call records, posts. Nothing here knows Django or a database."""

from ._answers import TransferAnswer, Verdict
from ._client import TeniosClient, TeniosUnavailable
from ._events import CallEvent, CallEventKind, parse_call_event
from ._post_body import InvalidCallEvent
from ._records import CallRecord, CallRecords
from ._types import WIRE_TYPES, UnknownDestinationType, from_wire, to_wire

__all__ = [
    "WIRE_TYPES",
    "CallEvent",
    "CallEventKind",
    "CallRecord",
    "CallRecords",
    "InvalidCallEvent",
    "TeniosClient",
    "TeniosUnavailable",
    "TransferAnswer",
    "UnknownDestinationType",
    "Verdict",
    "from_wire",
    "parse_call_event",
    "to_wire",
]
