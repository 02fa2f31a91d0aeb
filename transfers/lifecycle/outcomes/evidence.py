"""What an audit entry keeps of the event or the call record that proves something."""

from typing import Any

from transfers.models import CallEvent, ResolvedBy
from transfers.tenios import CallRecord


def evidence_of_event(event: CallEvent) -> dict[str, Any]:
    """Return the `evidence` of an audit detail for a stored event of TENIOS."""
    return {"source": ResolvedBy.CALL_EVENT, "request_type": event.request_type, "call_event_id": event.pk}


def evidence_of_record(leg: CallRecord) -> dict[str, Any]:
    """Return the `evidence` of an audit detail for the call record of one leg. Times are ISO 8601 texts in UTC."""
    return {
        "source": ResolvedBy.CALL_RECORD,
        "leg_uuid": leg.leg_uuid,
        "started_at": leg.started_at.isoformat(),
        "answered_at": leg.answered_at.isoformat() if leg.answered_at else None,
        "ended_at": leg.ended_at.isoformat() if leg.ended_at else None,
        "hangup_cause": leg.hangup_cause,
    }
