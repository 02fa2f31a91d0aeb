"""Rows for tests: functions with defaults for everything that does not matter to a test. All times are aware UTC."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from transfers.models import Call, CallState, Destination, DestinationType, DirectoryEntry, EntryKind, Transfer, User

PASSWORD = "a password for tests"

_numbers = itertools.count(1)


def make_user(*, role: str = "", **overrides: Any) -> User:
    """Create a person who can sign in with `PASSWORD`, in the group `role` if given."""
    values = {"username": f"person-{next(_numbers)}", "password": PASSWORD, **overrides}
    user = User.objects.create_user(**values)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_call(**overrides: Any) -> Call:
    """Create a connected call without an agent."""
    now = timezone.now()
    values = {
        "call_uuid": str(uuid.uuid4()),
        "state": CallState.CONNECTED,
        "caller_number": "+493023125001",
        "called_number": "+492214710100",
        "started_at": now - timedelta(seconds=60),
        "connected_at": now - timedelta(seconds=30),
        "last_event_at": now - timedelta(seconds=30),
        **overrides,
    }
    return Call.objects.create(**values)


ADDRESS_FIELDS = {"destination_type", "address", "label", "position"}


def make_entry(**overrides: Any) -> DirectoryEntry:
    """Create an active person of the shared directory, without any address. `audience` is a list of groups."""
    audience = overrides.pop("audience", [])
    values = {"kind": EntryKind.PERSON, "name": f"Specialist {next(_numbers)}", **overrides}
    entry = DirectoryEntry.objects.create(**values)
    entry.audience.set(audience)
    return entry


def make_destination(**overrides: Any) -> Destination:
    """Create a SIP user of `entry`, or of a new entry with the other fields."""
    address = {name: overrides.pop(name) for name in ADDRESS_FIELDS & overrides.keys()}
    entry = overrides.pop("entry", None) or make_entry(**overrides)
    values = {"destination_type": DestinationType.SIP_USER, "address": f"specialist.{next(_numbers)}", **address}
    return Destination.objects.create(entry=entry, **values)


def make_transfer(**overrides: Any) -> Transfer:
    """Create a requested transfer that can still be undone, of a new call and a new agent. It has no audit entry."""
    now = timezone.now()
    agent = overrides.pop("agent") if "agent" in overrides else make_user(role="agent")
    values = {
        "agent": agent,
        "agent_name": agent.display_name if agent else "A deleted user",
        "destination_type": DestinationType.SIP_USER,
        "destination": "specialist",
        "request_key": uuid.uuid4(),
        "requested_at": now,
        "due_at": now + timedelta(seconds=3),
        **overrides,
    }
    if "call" not in values and "call_id" not in values:
        values["call"] = make_call()
    return Transfer.objects.create(**values)
