"""Everything the wallboard shows, read at one time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from transfers.calls import ACCEPTED_WAITS_FOR
from transfers.models import Transfer, TransferState
from transfers.wallboard.calls import LiveCalls, WallCall, read_live_calls
from transfers.wallboard.day import Day, day_begins_at, read_day
from transfers.wallboard.people import Place, calls_of_others, read_people, seat_people

UNDER_WAY_AT_MOST = timedelta(minutes=10)
"""No transfer is under way for longer: undo, sending and the wait for an answer end within two minutes."""

_UNDER_WAY_STATES = [TransferState.REQUESTED, TransferState.SENDING, TransferState.ACCEPTED]


@dataclass(frozen=True, kw_only=True)
class Wallboard:
    """The state at `now`. `under_way` are the transfers that wait for an answer, oldest first."""

    now: datetime
    live: LiveCalls
    places: list[Place]
    others: list[WallCall]
    under_way: list[Transfer]
    day: Day

    @property
    def agents_talking(self) -> int:
        """How many of the people with a place have a talk."""
        return sum(place.wall_call is not None and place.wall_call.kind == "talking" for place in self.places)

    @property
    def under_way_seconds(self) -> float:
        """The age of the oldest transfer under way."""
        return max(((self.now - each.requested_at).total_seconds() for each in self.under_way), default=0.0)

    @property
    def changes_at(self) -> datetime:
        """When the wallboard next changes without any event: a limit, the end of a wait for an answer, or midnight."""
        times = [time for each in self.live.calls for time in each.changes_at]
        times += [each.accepted_at + ACCEPTED_WAITS_FOR for each in self.under_way if each.accepted_at]
        times.append(day_begins_at(timezone.localdate(self.now) + timedelta(days=1)))
        return min(time for time in times if time > self.now)


def read_wallboard() -> Wallboard:
    """Read the wallboard in twelve queries, for any number of calls, people and transfers."""
    now = timezone.now()
    people = read_people()
    live = read_live_calls(people)
    day = read_day(now)
    return Wallboard(
        now=now,
        live=live,
        places=seat_people(people.values(), live, day_began_at=day.began_at),
        others=calls_of_others(people.values(), live),
        under_way=_transfers_under_way(now),
        day=day,
    )


def _transfers_under_way(now: datetime) -> list[Transfer]:
    recent = Transfer.objects.filter(requested_at__gte=now - UNDER_WAY_AT_MOST, state__in=_UNDER_WAY_STATES)
    return [
        transfer
        for transfer in recent.order_by("requested_at", "id")
        if transfer.accepted_at is None or transfer.accepted_at > now - ACCEPTED_WAITS_FOR
    ]
