"""Whether the agent behind a SIP user takes calls, as TENIOS last said it, with its age: never more than that.

What is older than a few minutes counts as unknown. A SIP user of whom nothing was ever told has no availability at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.utils import timezone

from transfers.models import AvailabilityState, Destination, DestinationType, SipUser

OLD_AFTER = timedelta(minutes=5)
"""From this age on an answer says nothing of now. A clock that was put back makes it as hard to believe."""


@dataclass(frozen=True)
class Availability:
    """What was `told` (a word of `AvailabilityState`) at a moment (UTC), looked at from `read_at`."""

    told: str
    told_at: datetime
    read_at: datetime

    @property
    def age_seconds(self) -> float:
        """How long ago it was told; never below 0."""
        return max(0.0, (self.read_at - self.told_at).total_seconds())

    @property
    def is_known(self) -> bool:
        """Whether it is young enough to be said of now."""
        return abs(self.read_at - self.told_at) < OLD_AFTER

    @property
    def is_away(self) -> bool:
        """Whether nobody is to be expected: said so, and not long ago."""
        return self.is_known and self.told == AvailabilityState.NOT_AVAILABLE

    @property
    def is_available(self) -> bool:
        """Whether somebody is to be expected: said so, and not long ago."""
        return self.is_known and self.told == AvailabilityState.AVAILABLE


class AvailabilityReader:
    """Looks up the SIP users of one list in one query, when the first of them is asked for."""

    def __init__(self) -> None:
        self._user_names: set[str] = set()
        self._found: dict[str, Availability] | None = None

    def expecting(self, destination: Destination) -> Self | None:
        """Return this reader for an address that may be asked for, None for one that is no SIP user."""
        if destination.destination_type != DestinationType.SIP_USER:
            return None
        self._user_names.add(destination.address)
        return self

    def of(self, user_name: str) -> Availability | None:
        """Return what was told of a SIP user that was expected before the first was asked for; None if nothing was."""
        if self._found is None:
            self._found = read_availabilities(self._user_names)
        return self._found.get(user_name)


def read_availabilities(user_names: set[str]) -> dict[str, Availability]:
    """Return what was told of these SIP users, by their names; one query, none for nobody."""
    if not user_names:
        return {}
    read_at = timezone.now()
    rows = SipUser.objects.filter(user_name__in=user_names, availability_at__isnull=False).exclude(availability="")
    return {
        user_name: Availability(told, told_at, read_at)
        for user_name, told, told_at in rows.values_list("user_name", "availability", "availability_at")
        if told_at
    }
