"""A long history, written past the models: a million rows through them would take longer than measuring."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

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
"""The number of the agent, and of the destination, that are filtered by."""
_BUSY_SHARE = 16
"""One transfer in so many is theirs, beside their usual ones: then the deep page is full with 10,000 transfers too."""
DAYS = 365
STATES = [
    *[TransferState.ANSWERED] * 12,
    *[TransferState.NOT_ANSWERED] * 4,
    *[TransferState.REJECTED, TransferState.CANCELLED, TransferState.NOT_SENT, TransferState.UNKNOWN],
]
TYPES = [DestinationType.SIP_USER, DestinationType.SIP_USER, DestinationType.EXTERNAL_NUMBER, DestinationType.SIP_TRUNK]
_DEEP = 0.9
_BATCH = 20_000


def history(count: int) -> dict[str, Any]:
    """Write so many transfers over a year, each of a call of its own; return `filters` (name: query) and `cursor`.

    A caller calls as often in a short history as in a long one, so that the page of their calls is the same page.
    """
    begin, step = timezone.now() - timedelta(days=DAYS), timedelta(days=DAYS) / count
    agents = [
        User.objects.create(username=f"agent{n}", first_name="Agent", last_name=f"{n:02d}") for n in range(AGENTS)
    ]
    callers = max(1, count // CALLS_OF_A_CALLER)
    destinations = _directory()
    _write(Call, (_call(number, begin + number * step, callers) for number in range(count)))
    _write(Transfer, (_transfer(number, begin + number * step, agents) for number in range(count)))
    if connection.vendor == "postgresql":  # there autovacuum does it within a minute; SQLite's does nobody
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
    """The destinations that transfers go to, and some that nobody ever used: the filter offers the former."""
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
    if number % _BUSY_SHARE == 0:
        agent = agents[BUSY]
    if number % _BUSY_SHARE == 1:
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


def _write(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows as the database takes them quickest; columns that are not given get the model's default."""
    fields = list(model._meta.concrete_fields)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    spell: dict[str, Callable[[Any], Any]] = {}
    readers = [_reader(field, spell) for field in fields]
    values: Iterator[tuple[Any, ...]] = (tuple(read(row) for read in readers) for row in rows)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.execute("PRAGMA cache_size = -262144")  # KiB: the indexes are written all over
            cursor.execute("BEGIN")
            while batch := list(islice(values, _BATCH)):
                cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', batch)  # noqa: S608
            cursor.execute("COMMIT")


def _reader(field: Any, spell: dict[str, Callable[[Any], Any]]) -> Callable[[dict[str, Any]], Any]:
    """Return what takes a column's value out of a row, in the database's own spelling.

    `spell` keeps for each kind of field what spells it: the times of a row are the same moment, spelt once.
    """
    default = field.get_db_prep_save(field.get_default() if field.has_default() else None, connection)
    if default is None and not field.null and field.empty_strings_allowed:
        default = ""
    kind = field.get_internal_type()
    if kind in {"UUIDField", "DateTimeField"}:
        spelt = spell.setdefault(kind, lru_cache(maxsize=8)(partial(field.get_db_prep_save, connection=connection)))
        return lambda row: spelt(row.get(field.column))
    return lambda row: (
        str(row[field.column]) if isinstance(row.get(field.column), str) else row.get(field.column, default)
    )
