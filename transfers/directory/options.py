"""One line of the picker: a destination with what the agent must know of it, their own past with it included."""

from dataclasses import dataclass
from datetime import datetime

from transfers.destination_policy import CheckedDestination, DestinationRefused, Identity, check_destination
from transfers.directory.opening import Closed
from transfers.directory.search import name_parts
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
    be expected there now, and until when.
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

    @property
    def identity(self) -> Identity:
        """Type and address."""
        return (self.destination_type, self.address)


@dataclass(frozen=True)
class LastUse:
    """An agent's latest transfer to one destination that they did not take back."""

    transfer_id: int
    state: str
    requested_at: datetime


class Memory:
    """What an agent did before: the keys of their favourites by entry id; each destination's last use, newest first."""

    def __init__(self, user: User) -> None:
        self.positions = dict(Favourite.objects.filter(user=user).values_list("destination_id", "position"))
        self.last_uses: dict[Identity, LastUse] = {}
        own = Transfer.objects.filter(agent=user).order_by("-requested_at", "-id")
        rows = own.values_list("destination_type", "destination", "pk", "state", "requested_at")
        for destination_type, address, transfer_id, state, requested_at in rows[:OWN_TRANSFERS_READ]:
            if state != TransferState.CANCELLED:
                self.last_uses.setdefault((destination_type, address), LastUse(transfer_id, state, requested_at))

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
        )
