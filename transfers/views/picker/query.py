"""What the picker is asked to show: a search, and the option that is selected.

No address ever contains a number: searches are posted, and a link names a favourite's key, a directory entry or an
earlier transfer.
"""

from dataclasses import dataclass, replace

from django.http import QueryDict

from transfers.base.phone_numbers import is_same_address
from transfers.directory import Option
from transfers.models import Destination, DestinationType, Transfer, User

LONGEST_TEXT = 128


@dataclass(frozen=True)
class PickerQuery:
    """What the picker searches (`text`; `kind`: our word or empty) and the option to select, if any.

    The option is named by its `key`, by the key 1 to 9 of a `favourite` (0 for none), or by type and address.
    """

    text: str = ""
    kind: str = ""
    key: str = ""
    favourite: int = 0
    destination_type: str = ""
    address: str = ""

    def selects(self, option: Option) -> bool:
        """Tell whether this option is the one to select."""
        return (
            (bool(self.key) and option.key == self.key)
            or (self.favourite > 0 and option.favourite_position == self.favourite)
            or (bool(self.address) and self._has_address_of(option))
        )

    def _has_address_of(self, option: Option) -> bool:
        return option.destination_type == self.destination_type and is_same_address(option.address, self.address)

    def selecting(self, destination_type: str, address: str) -> "PickerQuery":
        """Return this query with another destination to select; a number in any spelling."""
        return replace(self, destination_type=destination_type, address=address)

    def searching_for_address(self) -> "PickerQuery":
        """Return a search for the address that is to be selected, for a list that does not hold it otherwise."""
        is_number = self.destination_type == DestinationType.EXTERNAL_NUMBER
        kind = self.kind or ("" if is_number else self.destination_type)
        return replace(self, text=_printable(self.address), kind=kind)


def read_query(data: QueryDict, user: User) -> PickerQuery:
    """Read the fields of an address or a form. What makes no sense is left out, nothing is refused.

    The search: `q`, `kind`. What to select: `choice` (an option's key), `favourite` (1 to 9), `destination_id` (of the
    directory), or `again` (the id of a transfer that this person may see).
    """
    kind = data.get("kind", "")
    query = PickerQuery(
        text=_printable(data.get("q", "")),
        kind=kind if kind in DestinationType.values else "",
        key=_printable(data.get("choice", "")),
        favourite=_number(data, "favourite"),
    )
    transfer = _visible_transfer(_number(data, "again"), user)
    if transfer is not None:
        return query.selecting(transfer.destination_type, transfer.destination)
    entry = _usable_entry(_number(data, "destination_id"), user)
    return query.selecting(entry.destination_type, entry.address) if entry else query


def read_note(data: QueryDict, user: User) -> str:
    """Return the note as typed so far, or that of the transfer which is tried again (`again`, `note_of`)."""
    earlier = _visible_transfer(_number(data, "note_of") or _number(data, "again"), user)
    return data.get("note") or (earlier.note if earlier else "")


def _number(data: QueryDict, name: str) -> int:
    value = data.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0


def _printable(text: str) -> str:
    return "".join(char for char in text[:LONGEST_TEXT] if char.isprintable())


def _visible_transfer(transfer_id: int, user: User) -> Transfer | None:
    """Return a transfer that this person may see: nobody learns the destination of another agent's transfer."""
    visible = Transfer.objects.all() if user.has_perm("transfers.view_all_transfers") else user.transfers.all()
    return visible.filter(pk=transfer_id).first() if transfer_id else None


def _usable_entry(destination_id: int, user: User) -> Destination | None:
    usable = Destination.objects.usable_by(user)
    return usable.filter(pk=destination_id).first() if destination_id else None
