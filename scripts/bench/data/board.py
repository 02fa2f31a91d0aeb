"""People who are signed in, live calls, and transfers that are due."""

import uuid
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from scripts.sessions import open_session
from transfers import tasks
from transfers.models import Call, CallState, DestinationType, Transfer, User

DESTINATION = "bench.destination"


def people(count: int, role: str) -> list[str]:
    """Create `count` users of a role and sign them in; return their session keys."""
    group = Group.objects.get(name=role)
    first = User.objects.count()
    created = [User.objects.create(username=f"bench{first + number}") for number in range(count)]
    for user in created:
        user.groups.add(group)
    return [open_session(user) for user in created]


def connected_calls(count: int) -> list[str]:
    """Create `count` connected calls without an agent; return their ids."""
    return [call.call_uuid for call in _create_calls(count, [CallState.CONNECTED])]


def board_calls(count: int) -> int:
    """Create `count` live calls in all states, the connected ones with agents; return how many are live."""
    _create_calls(count, [CallState.CONNECTED, CallState.CONNECTED, CallState.FORWARDING, CallState.MENU])
    agents = list(User.objects.filter(groups__name="agent"))
    calls = list(Call.objects.filter(state=CallState.CONNECTED))
    for number, call in enumerate(calls):
        call.agent = agents[number % len(agents)]
    Call.objects.bulk_update(calls, ["agent"], batch_size=500)
    return Call.objects.live().count()


def due_transfers(count: int) -> list[str]:
    """Create `count` transfers that are due now, and enqueue all; return the ids of their calls.

    They are enqueued when they are due: a worker leaves a transfer that is not due yet to the sweeper.
    """
    calls = _create_calls(count, [CallState.CONNECTED])
    agent = User.objects.create(username=f"bench-{uuid.uuid4().hex[:12]}")
    agent.groups.add(Group.objects.get(name="agent"))
    with transaction.atomic():
        transfers = Transfer.objects.bulk_create(_due_now(call, agent) for call in calls)
    for transfer in transfers:
        tasks.execute_transfer.apply_async(args=(transfer.pk,))
    return [call.call_uuid for call in calls]


def _due_now(call: Call, agent: User) -> Transfer:
    now = timezone.now()
    return Transfer(
        call=call,
        agent=agent,
        agent_name=agent.username,
        destination_type=DestinationType.SIP_USER,
        destination=DESTINATION,
        request_key=uuid.uuid4(),
        requested_at=now,
        due_at=now,
    )


def _create_calls(count: int, states: list[CallState]) -> list[Call]:
    now = timezone.now()
    return Call.objects.bulk_create(
        Call(
            call_uuid=str(uuid.uuid4()),
            state=states[number % len(states)],
            caller_number=f"+4930231{number % 100_000:05d}",
            called_number="+492214710100",
            started_at=now - timedelta(seconds=60 + number % 600),
            connected_at=now - timedelta(seconds=30) if states[number % len(states)] == CallState.CONNECTED else None,
            last_event_at=now,
        )
        for number in range(count)
    )
