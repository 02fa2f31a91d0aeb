"""What became of a transfer after TENIOS took it.

Evidence and its strength: docs/decisions/0003-what-proves-an-outcome.md, from docs/tenios-api.md §6. HTTP 200 proves
nothing but acceptance. `posts` reads the forward posts, `records` the call records; `settling` writes what they prove,
and knows which stretch of time speaks of which transfer of a call.
"""

from transfers.lifecycle.outcomes.posts import cancel_pointless_request, follow_call_event, settle_from_events
from transfers.lifecycle.outcomes.records import settle_from_call_records, settle_from_legs
from transfers.lifecycle.outcomes.settling import cancel_requested, contradict

__all__ = [
    "cancel_pointless_request",
    "cancel_requested",
    "contradict",
    "follow_call_event",
    "settle_from_call_records",
    "settle_from_events",
    "settle_from_legs",
]
