"""The interface to TENIOS: transfers, call records, call events, the access key, SIP users and agents.

Independent of Django and of the database, so it can be read and tested alone.
"""

from ._answers import TransferAnswer, Verdict
from ._client import TeniosClient
from ._events import CallEvent, CallEventKind, parse_call_event
from ._key_check import KeyCheck, KeyVerdict
from ._post_body import InvalidCallEvent
from ._record_pages import TeniosUnavailable
from ._records import CallRecord, CallRecords
from ._sip_users import AgentState, AgentStateAnswer, ReadProblem, SipUser, SipUsers, SipUsersUnavailable
from ._types import WIRE_TYPES, UnknownDestinationType, from_wire, to_wire

__all__ = [
    "WIRE_TYPES",
    "AgentState",
    "AgentStateAnswer",
    "CallEvent",
    "CallEventKind",
    "CallRecord",
    "CallRecords",
    "InvalidCallEvent",
    "KeyCheck",
    "KeyVerdict",
    "ReadProblem",
    "SipUser",
    "SipUsers",
    "SipUsersUnavailable",
    "TeniosClient",
    "TeniosUnavailable",
    "TransferAnswer",
    "UnknownDestinationType",
    "Verdict",
    "from_wire",
    "parse_call_event",
    "to_wire",
]
