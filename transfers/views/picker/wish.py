"""What the picker is asked to show: a search, and the option it shall stand on.

No number ever stands in an address: searches are posted, and a link names a favourite's key, a directory entry or an
earlier transfer.
"""

from dataclasses import dataclass, replace

from django.http import QueryDict

from transfers.base.phone_numbers import is_same_address
from transfers.directory import Option
from transfers.models import Destination, DestinationType, Transfer, User

LONGEST_TEXT = 128


@dataclass(frozen=True)
class Wish:
    """What the picker searches (`text`, `kind`: our word or empty) and the option it shall stand on, if any."""

    text: str = ""
    kind: str = ""
    key: str = ""
    favourite: int = 0
    destination_type: str = ""
    address: str = ""

    def is_for(self, option: Option) -> bool:
        """Tell whether this option is the one wished for."""
        return (
            (bool(self.key) and option.key == self.key)
            or (self.favourite > 0 and option.favourite_position == self.favourite)
            or (bool(self.address) and self._names(option))
        )

    def _names(self, option: Option) -> bool:
        return option.destination_type == self.destination_type and is_same_address(option.address, self.address)


def _number(data: QueryDict, name: str) -> int:
    value = data.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def _printable(text: str) -> str:
    return "".join(char for char in text[:LONGEST_TEXT] if char.isprintable())


def read_wish(data: QueryDict, user: User) -> Wish:
    """Read the wish out of a query or a form; what makes no sense is left out, nothing is refused.

    `q`, `kind`: the search. `choice` (an option's key), `favourite` (1 to 9), `destination_id` or `again` (the id of a
    transfer this person may see): where to stand.
    """
    kind = data.get("kind", "")
    wish = Wish(
        text=_printable(data.get("q", "")),
        kind=kind if kind in DestinationType.values else "",
        key=_printable(data.get("choice", "")),
        favourite=_number(data, "favourite"),
    )
    again, destination_id = _number(data, "again"), _number(data, "destination_id")
    return _from_transfer(wish, again, user) or _from_entry(wish, destination_id, user)


def _visible_transfer(transfer_id: int, user: User) -> Transfer | None:
    """Return a transfer that this person may see; another one's destination stays unread."""
    may_see = Transfer.objects.all() if user.has_perm("transfers.view_all_transfers") else user.transfers.all()
    return may_see.filter(pk=transfer_id).first() if transfer_id else None


def kept_note(data: QueryDict, user: User) -> str:
    """Return the note as typed so far, or that of the transfer which is tried again (`again`, `note_of`)."""
    earlier = _visible_transfer(_number(data, "note_of") or _number(data, "again"), user)
    return data.get("note") or (earlier.note if earlier else "")


def _from_transfer(wish: Wish, transfer_id: int, user: User) -> Wish | None:
    transfer = _visible_transfer(transfer_id, user)
    return standing_on(wish, transfer.destination_type, transfer.destination) if transfer else None


def _from_entry(wish: Wish, destination_id: int, user: User) -> Wish:
    usable = Destination.objects.active().visible_to(user)
    entry = usable.filter(pk=destination_id).first() if destination_id else None
    return standing_on(wish, entry.destination_type, entry.address) if entry else wish


def standing_on(wish: Wish, destination_type: str, address: str) -> Wish:
    """Wish for this destination."""
    return replace(wish, destination_type=destination_type, address=address)


def searching_for_address(wish: Wish) -> Wish:
    """Wish for the same destination by searching for its address, for a list that does not hold it by itself."""
    is_number = wish.destination_type == DestinationType.EXTERNAL_NUMBER
    kind = wish.kind or ("" if is_number else wish.destination_type)
    return replace(wish, text=_printable(wish.address), kind=kind)
