"""What an agent chose before, for the picker: favourites, recent transfers, and the last destination of this caller."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from transfers.destination_policy import CheckedDestination, DestinationRefused, Identity, check_destination
from transfers.directory.availability import AvailabilityReader
from transfers.directory.search.last_time import LastTime
from transfers.directory.search.options import Option
from transfers.directory.search.text_search import name_parts
from transfers.models import Destination, DestinationType, Favourite, Transfer, TransferState, User

OWN_TRANSFERS_READ = 300
"""How many of an agent's transfers are read: enough for weeks, and a limit for the query."""


@dataclass(frozen=True)
class LastUse:
    """An agent's latest transfer to one destination that the agent did not cancel."""

    transfer_id: int
    state: str
    requested_at: datetime


class AgentHistory:
    """What an agent chose before, and the options made with it. The constructor reads it with two queries.

    `positions` are the keys of the favourites by destination id. `last_uses` has the last use of each destination,
    newest first. `last_time` is where this caller was transferred to last, by any agent, if that is known.
    """

    def __init__(self, user: User, last_time: LastTime | None = None) -> None:
        self.last_time = last_time
        self.availabilities = AvailabilityReader()
        favourites = Favourite.objects.filter(user=user)
        rows = list(favourites.values_list("destination_id", "position", "destination__address"))
        self.positions = {destination_id: position for destination_id, position, _address in rows}
        self._favourite_addresses = [address for *_key, address in rows]
        self.last_uses = _read_last_uses(user)

    def addresses(self, *, most_used: int) -> set[str]:
        """Return the addresses of the favourites, of the caller's last destination, and of `most_used` last uses."""
        used = [address for _type, address in islice(self.last_uses, most_used)]
        last = [self.last_time.identity[1]] if self.last_time is not None else []
        return {*self._favourite_addresses, *last, *used}

    def likelihood(self, identity: Identity, destination_id: int | None) -> int:
        """Rank a destination: 0 the agent's own use, 1 this caller's last destination, 2 a favourite, 3 all others."""
        if identity in self.last_uses:
            return 0
        if self.last_time is not None and self.last_time.identity == identity:
            return 1
        return 2 if destination_id in self.positions else 3

    def option_of_entry(self, entry: Destination, text: str) -> Option:
        """Return the option for a directory address. `text` is the search text, for the highlighted name."""
        last_use = self.last_uses.get(entry.identity)
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
            last_time_at=self._last_time_at(entry.identity),
        )

    def option_of_last_use(self, identity: Identity) -> Option | None:
        """Return the option for a destination that was used before, None if the number rules refuse it now."""
        try:
            checked = check_destination(destination_type=identity[0], address=identity[1])
        except DestinationRefused:
            return None
        return self.option_of_typed(checked, key=f"t{self.last_uses[identity].transfer_id}")

    def option_of_typed(self, checked: CheckedDestination, *, key: str = "") -> Option:
        """Return the option for a destination that is not in the directory."""
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


def _read_last_uses(user: User) -> dict[Identity, LastUse]:
    last_uses: dict[Identity, LastUse] = {}
    own = Transfer.objects.filter(agent=user).order_by("-requested_at", "-id")
    rows = own.values_list("destination_type", "destination", "pk", "state", "requested_at")
    for destination_type, address, transfer_id, state, requested_at in rows[:OWN_TRANSFERS_READ]:
        if state != TransferState.CANCELLED:
            last_uses.setdefault((destination_type, address), LastUse(transfer_id, state, requested_at))
    return last_uses
