"""One row of the picker: a destination with what the agent needs to know about it."""

from dataclasses import dataclass, field
from datetime import datetime

from transfers.destination_policy import CheckedDestination, Identity
from transfers.directory.availability import Availability, AvailabilityReader
from transfers.directory.hours.opening import Closed


@dataclass(frozen=True)
class Option:
    """One destination to choose.

    `key` is unique in a list: "d17" is directory address 17; "t5" is the destination of the agent's transfer 5, which
    is not in the directory; "typed-external_number" is a typed number.
    `name` is empty and `is_typed` true for a destination outside the directory. `name_parts` is the name cut into
    (text, is_match). `checked` is set for typed numbers, with place and spellings.
    `last_state` and `last_used_at` (UTC) describe the agent's own latest transfer there, cancelled ones excluded.
    `last_time_at` (UTC) is set if this caller was last transferred there.
    `closed` says why the destination is closed now, and until when. `availabilities` is read only when `availability`
    is needed. `is_near`: the text matches only with one letter changed, so the agent confirms the choice.
    """

    key: str
    destination_id: int | None
    destination_type: str
    address: str
    name: str = ""
    department: str = ""
    note: str = ""
    favourite_position: int | None = None
    last_state: str = ""
    last_used_at: datetime | None = None
    name_parts: tuple[tuple[str, bool], ...] = ()
    is_typed: bool = False
    checked: CheckedDestination | None = None
    entry_id: int | None = None
    label: str = ""
    tags: tuple[str, ...] = ()
    is_own: bool = False
    closed: Closed | None = None
    availabilities: AvailabilityReader | None = field(default=None, compare=False, repr=False)
    last_time_at: datetime | None = None
    is_near: bool = False

    @property
    def identity(self) -> Identity:
        """Type and address."""
        return (self.destination_type, self.address)

    @property
    def availability(self) -> Availability | None:
        """TENIOS' last report about the agent behind a SIP user of the directory, None without one."""
        return self.availabilities.of(self.address) if self.availabilities else None

    @property
    def is_away(self) -> bool:
        """Whether a recent report says that the agent takes no calls, so the choice must be confirmed."""
        return bool(self.availability and self.availability.is_away)
