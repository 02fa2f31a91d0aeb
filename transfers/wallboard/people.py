"""Everybody who takes calls, in fixed places by name: on which call, or without one since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from transfers.models import Call, Transfer, TransferState, User, without_accents
from transfers.wallboard.calls import LiveCalls, WallCall

_MOVED_ON = [TransferState.ACCEPTED, TransferState.ANSWERED]
_ORDER = ["transferring", "connected", "forwarding", "ringing", "menu"]
"""Whoever has several calls is shown on the one that binds them most."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One person, the call they are on if any, and when their last call of today was over for them, if there was one.

    That somebody is free is more than we know: they may be at lunch.
    """

    person: User
    wall_call: WallCall | None
    last_call_at: datetime | None

    @property
    def idle_seconds(self) -> float | None:
        """How long it is since the last call; None where none is known of."""
        return (timezone.now() - self.last_call_at).total_seconds() if self.last_call_at else None


def read_people() -> dict[int, User]:
    """Return by id who takes calls: the active people who are agents or have a phone; in two queries, by name."""
    takes_calls = Q(groups__name="agent") | Q(addresses__isnull=False)
    people = User.objects.filter(takes_calls, is_active=True).distinct().prefetch_related("addresses")
    return {person.pk: person for person in sorted(people, key=lambda each: (_sort_name(each), each.pk))}


def _sort_name(person: User) -> str:
    return without_accents(person.display_name)


def seat_people(people: Iterable[User], live: LiveCalls, *, day_began_at: datetime) -> list[Place]:
    """Return the places, in two queries over what happened since the day began."""
    calls = _calls_by_agent(live)
    last_calls = _last_calls_since(day_began_at)
    return [
        Place(person=person, wall_call=calls.get(person.pk), last_call_at=last_calls.get(person.pk))
        for person in people
    ]


def calls_of_others(people: Iterable[User], live: LiveCalls) -> list[WallCall]:
    """Return the talks that no person with a place has, longest first: the phone is known to nobody here."""
    known = {person.pk for person in people}
    return [each for each in live.talking if each.board_call.call.agent_id not in known]


def _calls_by_agent(live: LiveCalls) -> dict[int, WallCall]:
    bound = [each for each in live.calls if each.board_call.call.agent_id and not each.board_call.is_handed_over]
    by_agent: dict[int, WallCall] = {}
    for each in sorted(bound, key=_binding, reverse=True):
        by_agent[each.board_call.call.agent_id or 0] = each
    return by_agent


def _binding(wall_call: WallCall) -> tuple[bool, int, datetime]:
    """What binds a person most comes first; a call without news for long binds less than any other."""
    state = wall_call.board_call.state
    rank = _ORDER.index(state) if state in _ORDER else len(_ORDER)
    return wall_call.kind == "stale", rank, wall_call.since_at


def _last_calls_since(day_began_at: datetime) -> dict[int, datetime]:
    """When each person's last call of the day ended, or TENIOS took it over: after that it goes on without them.

    Grouped here, not in the database: for that SQLite would read an index over all calls there ever were.
    """
    moved = Transfer.objects.filter(requested_at__gte=day_began_at, state__in=_MOVED_ON).order_by()
    moved_at = {
        (call_id, agent_id): at
        for call_id, agent_id, at in moved.values_list(
            "call", "agent", Coalesce("accepted_at", "sent_at", "requested_at")
        )
    }
    ended = Call.objects.filter(ended_at__gte=day_began_at).order_by().values_list("pk", "agent", "ended_at")
    ended_at = {(call_id, agent_id): at for call_id, agent_id, at in ended}
    latest: dict[int, datetime] = {}
    for (_call_id, agent_id), at in {**ended_at, **moved_at}.items():
        latest[agent_id] = max(at, latest.get(agent_id, at))
    return latest
