"""One line of the picker: a destination with what the agent must know of it, their own past with it included."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from transfers.destination_policy import CheckedDestination, DestinationRefused, Identity, check_destination
from transfers.directory.availability import Availability, AvailabilityReader
from transfers.directory.hours.opening import Closed
from transfers.directory.search.last_time import LastTime
from transfers.directory.search.text_search import name_parts
from transfers.models import Destination, DestinationType, Favourite, Transfer, TransferState, User

OWN_TRANSFERS_READ = 300
"""How far an agent's own past is looked at, in transfers: enough for weeks, and bounded whatever comes."""


@dataclass(frozen=True)
class Option:
    """One destination to choose. `key` is unique in a list: "d17" (directory entry 17), "t5" (where the agent's
    transfer 5 went to, which the directory does not hold), "typed-external_number" …

    `name` is empty and `is_typed` true for what the directory does not hold; `name_parts` is the name cut into
    (text, is_match). `last_state` and `last_used_at` (UTC) tell of the agent's own latest transfer there; one taken
    back does not count. `checked` is there for typed numbers, with place and spellings. `closed` says why nobody is to
    be expected there now, and until when; `availabilities` is read when `availability` is asked for. `last_time_at`
    (UTC) is there when this caller was last transferred to it. `is_near`: the text names it only with one letter
    changed, so it must be asked for once more.
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
        """What TENIOS last said of the agent behind a SIP user of the directory; None if it never said anything."""
        return self.availabilities.of(self.address) if self.availabilities else None

    @property
    def is_away(self) -> bool:
        """Whether the agent there was said, not long ago, to take no calls: then it must be asked for once more."""
        return bool(self.availability and self.availability.is_away)


@dataclass(frozen=True)
class LastUse:
    """An agent's latest transfer to one destination that they did not take back."""

    transfer_id: int
    state: str
    requested_at: datetime


class Memory:
    """What an agent did before: the keys of their favourites by entry id; each destination's last use, newest first.

    `last_time` is where the caller on the line was transferred to last, by whomever, if that is known.
    """

    def __init__(self, user: User, last_time: LastTime | None = None) -> None:
        self.last_time = last_time
        self.availabilities = AvailabilityReader()
        favourites = Favourite.objects.filter(user=user)
        kept = list(favourites.values_list("destination_id", "position", "destination__address"))
        self.positions = {destination_id: position for destination_id, position, _address in kept}
        self._favourite_addresses = [address for *_key, address in kept]
        self.last_uses: dict[Identity, LastUse] = {}
        own = Transfer.objects.filter(agent=user).order_by("-requested_at", "-id")
        rows = own.values_list("destination_type", "destination", "pk", "state", "requested_at")
        for destination_type, address, transfer_id, state, requested_at in rows[:OWN_TRANSFERS_READ]:
            if state != TransferState.CANCELLED:
                self.last_uses.setdefault((destination_type, address), LastUse(transfer_id, state, requested_at))

    def addresses(self, *, most_used: int) -> set[str]:
        """Return the addresses of the favourites, of this caller's last time, and of what was used last."""
        used = [address for _type, address in islice(self.last_uses, most_used)]
        last = [self.last_time.identity[1]] if self.last_time is not None else []
        return {*self._favourite_addresses, *last, *used}

    def likelihood(self, identity: Identity, destination_id: int | None) -> int:
        """Rank a destination: 0 the agent's own use, 1 this caller's last time, 2 a favourite, 3 all others."""
        if identity in self.last_uses:
            return 0
        if self.last_time is not None and self.last_time.identity == identity:
            return 1
        return 2 if destination_id in self.positions else 3

    def option_of_entry(self, entry: Destination, text: str) -> Option:
        """Show a directory entry; `text` is what it was found by."""
        last_use = self.last_uses.get((entry.destination_type, entry.address))
        return Option(
            key=f"d{entry.pk}",
            destination_id=entry.pk,
            destination_type=entry.destination_type,
            address=entry.address,
            name=entry.name,
            department=entry.department,
            note=entry.note,
            favourite_position=self.positions.get(entry.pk),
            last_state=last_use.state if last_use else "",
            last_used_at=last_use.requested_at if last_use else None,
            name_parts=name_parts(entry.name, text),
            entry_id=entry.entry_id,
            label=entry.label,
            tags=tuple(entry.entry.tags),
            is_own=entry.owner_id is not None,
            availabilities=self.availabilities.expecting(entry),
            last_time_at=self._last_time_at((entry.destination_type, entry.address)),
        )

    def option_of_last_use(self, identity: Identity) -> Option | None:
        """Show what an earlier transfer went to; None when the policy no longer allows it."""
        try:
            checked = check_destination(destination_type=identity[0], address=identity[1])
        except DestinationRefused:
            return None
        return self.option_of_typed(checked, key=f"t{self.last_uses[identity].transfer_id}")

    def option_of_typed(self, checked: CheckedDestination, *, key: str = "") -> Option:
        """Show a destination that the directory does not hold."""
        last_use = self.last_uses.get(checked.identity)
        is_number = checked.destination_type == DestinationType.EXTERNAL_NUMBER
        return Option(
            key=key or f"typed-{checked.destination_type}",
            destination_id=None,
            destination_type=checked.destination_type,
            address=checked.address,
            last_state=last_use.state if last_use else "",
            last_used_at=last_use.requested_at if last_use else None,
            is_typed=True,
            checked=checked if is_number else None,
            last_time_at=self._last_time_at(checked.identity),
        )

    def _last_time_at(self, identity: Identity) -> datetime | None:
        last = self.last_time
        return last.at if last is not None and last.identity == identity else None
