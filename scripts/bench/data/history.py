"""A long history of transfers over a year, each of a call of its own."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from scripts.bench.data.bulk_insert import insert_rows
from transfers.history import Cursor
from transfers.models import (
    Call,
    CallState,
    Destination,
    DestinationType,
    DirectoryEntry,
    EntryKind,
    Transfer,
    TransferState,
    User,
)

AGENTS, DESTINATIONS, UNUSED = 50, 200, 100
CALLS_OF_A_CALLER = 200
BUSY = 7
"""The index of the agent, and of the destination, that the filters ask for."""
_BUSY_EVERY = 16
"""One transfer in 16 is theirs in addition, so that the deep page is full with 10,000 transfers as well."""
DAYS = 365
STATES = [
    *[TransferState.ANSWERED] * 12,
    *[TransferState.NOT_ANSWERED] * 4,
    *[TransferState.REJECTED, TransferState.CANCELLED, TransferState.NOT_SENT, TransferState.UNKNOWN],
]
TYPES = [DestinationType.SIP_USER, DestinationType.SIP_USER, DestinationType.EXTERNAL_NUMBER, DestinationType.SIP_TRUNK]
_DEEP = 0.9


def history(count: int) -> dict[str, Any]:
    """Create `count` transfers; return `filters` (name: query) and `cursor`, the place of the deep page.

    Each caller has as many calls in a short history as in a long one, so that the pages filtered by caller are alike.
    """
    first_at, step = timezone.now() - timedelta(days=DAYS), timedelta(days=DAYS) / count
    agents = [
        User.objects.create(username=f"agent{n}", first_name="Agent", last_name=f"{n:02d}") for n in range(AGENTS)
    ]
    callers = max(1, count // CALLS_OF_A_CALLER)
    destinations = _directory()
    insert_rows(Call, (_call(number, first_at + number * step, callers) for number in range(count)))
    insert_rows(Transfer, (_transfer(number, first_at + number * step, agents) for number in range(count)))
    if connection.vendor == "postgresql":  # autovacuum would do it within a minute; SQLite has none
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE transfers_call, transfers_transfer")
    deep = Transfer.objects.get(pk=count - int(_DEEP * count))
    return {"filters": _filters(deep, agents[BUSY], destinations[BUSY]), "cursor": str(Cursor.at(deep, is_older=True))}


def _filters(deep: Transfer, agent: User, destination: Destination) -> dict[str, str]:
    month = deep.requested_at.astimezone(UTC).date()
    return {
        "none": "",
        "agent": f"agent={agent.pk}",
        "kind": "destination_type=EXTERNALNUMBER",
        "destination": f"destination=d{destination.pk}",
        "destination, by its address": f"destination={destination.address}",
        "outcome, frequent": "outcome=answered",
        "outcome, rare": "outcome=rejected",
        "outcome, none such": "outcome=expired",
        "unresolved": "outcome=unresolved",
        "caller": f"caller={_digest(0)}",
        "last 7 days": "period=7d",
        "dates": f"from={month - timedelta(days=30)}&to={month}",
        "q: a name": f"q=Specialist+{BUSY}",
        "q: an agent": f"q=Agent+{BUSY:02d}",
        "q: begin of a call id": f"q={deep.call.call_uuid[:8]}",
        "q: nothing such": "q=xyzzy",
    }


def _directory() -> list[Destination]:
    """Create the destinations of the transfers, and some that nobody ever used: the filter does not offer those."""
    entries = [DirectoryEntry(kind=EntryKind.PERSON, name=f"Specialist {n}") for n in range(DESTINATIONS + UNUSED)]
    return Destination.objects.bulk_create(
        Destination(entry=entry, destination_type=TYPES[place % len(TYPES)], address=f"specialist.{place}")
        for place, entry in enumerate(DirectoryEntry.objects.bulk_create(entries))
    )


def _call(number: int, at: datetime, callers: int) -> dict[str, Any]:
    return {
        "id": number + 1,
        "call_uuid": str(uuid.uuid4()),
        "state": CallState.ENDED,
        "caller_digest": _digest(number % callers),
        "started_at": at,
        "ended_at": at,
        "last_event_at": at,
    }


def _transfer(number: int, at: datetime, agents: list[User]) -> dict[str, Any]:
    agent, place = agents[number * 31 % AGENTS], number * 17 % DESTINATIONS
    if number % _BUSY_EVERY == 0:
        agent = agents[BUSY]
    if number % _BUSY_EVERY == 1:
        place = BUSY
    return {
        "id": number + 1,
        "call_id": number + 1,
        "agent_id": agent.pk,
        "agent_name": agent.display_name,
        "destination_type": TYPES[place % len(TYPES)],
        "destination": f"specialist.{place}",
        "destination_name": f"Specialist {place}",
        "request_key": uuid.uuid4(),
        "state": STATES[number * 13 % len(STATES)],
        "attempt": 1,
        "requested_at": at,
        "due_at": at,
        "sent_at": at,
    }


def _digest(caller: int) -> str:
    return f"{caller:064x}"
