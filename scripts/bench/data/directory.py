"""A large directory, what people search for in it, and which destinations the agents have used."""

import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from transfers.models import (
    Call,
    CallState,
    Destination,
    DestinationType,
    DirectoryEntry,
    EntryKind,
    Favourite,
    Transfer,
    TransferState,
    User,
)

_FIRST_NAMES = [
    "Anna", "Bernd", "Clara", "Dirk", "Erika", "Frank", "Greta", "Hannes",
    "Ida", "Jürgen", "Karin", "Lars", "Maria", "Norbert", "Özlem", "Paul",
]  # fmt: skip
_LAST_NAMES = [
    "Müller", "Schmidt", "Weber", "Fischer", "Wagner", "Becker", "Schäfer",
    "Hoffmann", "Koch", "Richter", "Klein", "Wolf", "Braun", "Krüger",
]  # fmt: skip
_DEPARTMENTS = ["Vertrieb", "Technik", "Buchhaltung", "Reklamation", "Versand", "Einkauf"]

SEARCHES = ("", "m", "mue", "müller", "anna weber", "buchh", "vertrieb klein", "3023", "sip.12", "xyzzy")
"""Nothing, the first letters of a name, a name, two words, a department, digits, a SIP name, a word without a match."""

WITH_AN_ERROR = ("mülelr", "scmidt", "vertreib", "wber", "anan", "shcäfer karin", "erikx", "buhchaltung", "xyzzyq")
"""One typing error in each, in long and short words; nothing similar to the last one exists."""


def directory(count: int) -> dict[str, list[str]]:
    """Create `count` entries, half with a number and half with a SIP name.

    Return what to search for, without ("right") and with typing errors ("wrong").
    """
    entries = [
        DirectoryEntry(
            kind=EntryKind.PERSON,
            name=f"{_FIRST_NAMES[number % len(_FIRST_NAMES)]} {_LAST_NAMES[number * 7 % len(_LAST_NAMES)]} {number}",
            department=_DEPARTMENTS[number % len(_DEPARTMENTS)],
        )
        for number in range(count)
    ]
    for entry in entries:
        entry.renew_search_text()
    created = DirectoryEntry.objects.bulk_create(entries, batch_size=1_000)
    Destination.objects.bulk_create((_address(number, entry) for number, entry in enumerate(created)), batch_size=1_000)
    if connection.vendor == "postgresql":  # autovacuum would do it within a minute
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE transfers_destination, transfers_directoryentry")
    return {"right": list(SEARCHES), "wrong": list(WITH_AN_ERROR)}


def used_destinations(count: int) -> None:
    """Give each agent of the bench nine favourites, and one past transfer to each of `count` destinations."""
    entries = list(Destination.objects.order_by("pk")[:count])
    now = timezone.now()
    call = Call.objects.create(
        call_uuid=str(uuid.uuid4()), state=CallState.ENDED, started_at=now, last_event_at=now, ended_at=now
    )
    for user in User.objects.filter(username__startswith="bench"):
        Favourite.objects.bulk_create(
            Favourite(user=user, destination=entry, position=key) for key, entry in enumerate(entries[-9:], start=1)
        )
        Transfer.objects.bulk_create(
            _past_transfer(user, call, entry, now - timedelta(hours=age)) for age, entry in enumerate(entries)
        )


def _past_transfer(user: User, call: Call, entry: Destination, requested_at: datetime) -> Transfer:
    return Transfer(
        call=call,
        agent=user,
        agent_name=user.display_name,
        destination_type=entry.destination_type,
        destination=entry.address,
        request_key=uuid.uuid4(),
        state=TransferState.ANSWERED,
        requested_at=requested_at,
        due_at=requested_at,
        settled_at=requested_at,
    )


def _address(number: int, entry: DirectoryEntry) -> Destination:
    if number % 2:
        return Destination(entry=entry, destination_type=DestinationType.SIP_USER, address=f"sip.{number}")
    address = f"+4930231{number:05d}"
    return Destination(entry=entry, destination_type=DestinationType.EXTERNAL_NUMBER, address=address)
