"""What became of a transfer after TENIOS took it: reads the evidence and records what it proves.

What counts as evidence, and how strong each kind is: docs/decisions/0003-what-proves-an-outcome.md. HTTP 200 proves
nothing but acceptance. Inside, a module imports only from those below it:

    records      `settle_from_call_records`: reads the call records of transfers that are due
    legs         `settle_from_legs`: what the legs of a call prove
    events       `follow_call_event`, `settle_from_events`: what the events of a call prove
    settling     `cancel_requested`, `contradict`: writes what is proved
    evidence     what an audit entry keeps of an event or a call record
"""

from transfers.lifecycle.outcomes.events import cancel_pointless_request, follow_call_event, settle_from_events
from transfers.lifecycle.outcomes.evidence import evidence_of_record
from transfers.lifecycle.outcomes.legs import settle_from_legs
from transfers.lifecycle.outcomes.records import postpone_check, settle_from_call_records
from transfers.lifecycle.outcomes.settling import cancel_requested, contradict

__all__ = [
    "cancel_pointless_request",
    "cancel_requested",
    "contradict",
    "evidence_of_record",
    "follow_call_event",
    "postpone_check",
    "settle_from_call_records",
    "settle_from_events",
    "settle_from_legs",
]
