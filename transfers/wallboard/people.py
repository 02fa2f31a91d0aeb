"""Everybody who takes calls, in a fixed order by name: their call, or how long they have had none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from transfers.models import Call, Transfer, TransferState, User, without_accents
from transfers.wallboard.calls import LiveCalls, WallCall

_HANDED_OVER = [TransferState.ACCEPTED, TransferState.ANSWERED]
_ORDER = ["transferring", "connected", "forwarding", "ringing", "menu"]
"""The states of a call, the one that occupies its agent most first. Of several calls, a person is shown on that one."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One person, their call if they have one, and when their last call of today ended for them (UTC or None).

    Nothing says that somebody is free: we do not know that, they may be at lunch.
    """

    person: User
    wall_call: WallCall | None
    last_call_at: datetime | None

    @property
    def idle_seconds(self) -> float | None:
        """The seconds since the end of their last call; None without one today."""
        return (timezone.now() - self.last_call_at).total_seconds() if self.last_call_at else None


def read_people() -> dict[int, User]:
    """Return the people who take calls, by id and in order of their names: active, and an agent or with a phone."""
    takes_calls = Q(groups__name="agent") | Q(addresses__isnull=False)
    people = User.objects.filter(takes_calls, is_active=True).distinct().prefetch_related("addresses")
    return {person.pk: person for person in sorted(people, key=lambda each: (_sort_name(each), each.pk))}


def _sort_name(person: User) -> str:
    return without_accents(person.display_name)


def seat_people(people: Iterable[User], live: LiveCalls, *, day_began_at: datetime) -> list[Place]:
    """Return the place of each person, in two queries that read only what happened today."""
    calls = _calls_by_agent(live)
    last_calls = _last_calls_since(day_began_at)
    return [
        Place(person=person, wall_call=calls.get(person.pk), last_call_at=last_calls.get(person.pk))
        for person in people
    ]


def calls_of_others(people: Iterable[User], live: LiveCalls) -> list[WallCall]:
    """Return the talks that belong to none of these people, longest first."""
    known = {person.pk for person in people}
    return [each for each in live.talking if each.board_call.call.agent_id not in known]


def _calls_by_agent(live: LiveCalls) -> dict[int, WallCall]:
    assigned = [each for each in live.calls if each.board_call.call.agent_id and not each.board_call.is_handed_over]
    by_agent: dict[int, WallCall] = {}
    for each in sorted(assigned, key=_by_importance, reverse=True):
        by_agent[each.board_call.call.agent_id or 0] = each
    return by_agent


def _by_importance(wall_call: WallCall) -> tuple[bool, int, datetime]:
    """Sort key: the call that occupies its agent most comes first, a call without news last."""
    state = wall_call.board_call.state
    rank = _ORDER.index(state) if state in _ORDER else len(_ORDER)
    return wall_call.kind == "stale", rank, wall_call.since_at


def _last_calls_since(day_began_at: datetime) -> dict[int, datetime]:
    """Return by agent when their last call of the day ended for them: by its end, or by an accepted transfer.

    Grouped in Python, because SQLite would group by reading the index over all calls.
    """
    handed_over = Transfer.objects.filter(requested_at__gte=day_began_at, state__in=_HANDED_OVER).order_by()
    handed_over_at = {
        (call_id, agent_id): at
        for call_id, agent_id, at in handed_over.values_list(
            "call", "agent", Coalesce("accepted_at", "sent_at", "requested_at")
        )
    }
    ended = Call.objects.filter(ended_at__gte=day_began_at).order_by().values_list("pk", "agent", "ended_at")
    ended_at = {(call_id, agent_id): at for call_id, agent_id, at in ended}
    latest: dict[int, datetime] = {}
    for (_call_id, agent_id), at in {**ended_at, **handed_over_at}.items():
        latest[agent_id] = max(at, latest.get(agent_id, at))
    return latest
