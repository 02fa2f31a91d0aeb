"""Whether the agent behind a SIP user takes calls, as TENIOS last reported it, and how old the report is.

A report that is older than `OLD_AFTER` counts as unknown. A SIP user without any report has no availability.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.utils import timezone

from transfers.models import AvailabilityState, Destination, DestinationType, SipUser

OLD_AFTER = timedelta(minutes=5)
"""From this age on a report says nothing about now. Neither does one from the future: then a clock was set back."""


@dataclass(frozen=True)
class Availability:
    """The `state` (a value of `AvailabilityState`) that TENIOS reported, as read at `read_at`. Times are UTC."""

    state: str
    reported_at: datetime
    read_at: datetime

    @property
    def age_seconds(self) -> float:
        """The age of the report in seconds, never below 0."""
        return max(0.0, (self.read_at - self.reported_at).total_seconds())

    @property
    def is_known(self) -> bool:
        """Whether the report is recent enough to describe now."""
        return abs(self.read_at - self.reported_at) < OLD_AFTER

    @property
    def is_away(self) -> bool:
        """Whether a recent report says that the agent takes no calls."""
        return self.is_known and self.state == AvailabilityState.NOT_AVAILABLE

    @property
    def is_available(self) -> bool:
        """Whether a recent report says that the agent takes calls."""
        return self.is_known and self.state == AvailabilityState.AVAILABLE


class AvailabilityReader:
    """Reads the reports of all SIP users of a list with one query, when the first of them is needed."""

    def __init__(self) -> None:
        self._user_names: set[str] = set()
        self._reports: dict[str, Availability] | None = None

    def expecting(self, destination: Destination) -> Self | None:
        """Note a SIP user for the query, and return this reader. None for an address that is not a SIP user."""
        if destination.destination_type != DestinationType.SIP_USER:
            return None
        self._user_names.add(destination.address)
        return self

    def of(self, user_name: str) -> Availability | None:
        """Return the report about a SIP user that was noted before the query, None without one."""
        if self._reports is None:
            self._reports = read_availabilities(self._user_names)
        return self._reports.get(user_name)


def read_availabilities(user_names: set[str]) -> dict[str, Availability]:
    """Return the reports about these SIP users by user name, with one query. No query without user names."""
    if not user_names:
        return {}
    read_at = timezone.now()
    rows = SipUser.objects.filter(user_name__in=user_names, availability_at__isnull=False).exclude(availability="")
    return {
        user_name: Availability(state, reported_at, read_at)
        for user_name, state, reported_at in rows.values_list("user_name", "availability", "availability_at")
        if reported_at
    }
