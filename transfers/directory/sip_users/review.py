"""What waits to be looked at: every SIP user compared with the directory as both are now."""

import hashlib
import json
from dataclasses import dataclass

from transfers.directory.sip_users.comparison import WAITING, Facts, Finding, Kind, compare, facts_from
from transfers.models import Destination, DestinationType, DirectoryEntry, SipUser


@dataclass(frozen=True)
class ReviewItem:
    """One SIP user with what was found. `has_other_addresses`: when gone, the entry stays and loses this one only."""

    row: SipUser
    told: Facts
    finding: Finding
    entry: DirectoryEntry | None
    has_other_addresses: bool

    @property
    def kind(self) -> Kind:
        """What the comparison came to."""
        return self.finding.kind

    @property
    def token(self) -> str:
        """Name this item as it was shown: another finding, another version of the entry, and the token is another."""
        shown = [
            self.kind,
            self.row.user_name,
            self.told.as_json(),
            self.entry and (self.entry.pk, self.entry.version),
        ]
        digest = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
        return f"{self.row.pk}-{digest[:24]}"


def read_items() -> list[ReviewItem]:
    """Compare all users, in the order of their names, in two queries."""
    addresses = addresses_by_entry()
    rows = SipUser.objects.select_related("entry").order_by("user_name")
    return [make_item(row, addresses.get(row.entry_id or 0, [])) for row in rows]


def read_item(pk: int) -> ReviewItem | None:
    """Compare one user, None when TENIOS does not list them any more and no entry is theirs."""
    row = SipUser.objects.select_related("entry").filter(pk=pk).first()
    if row is None:
        return None
    return make_item(row, list(row.entry.destinations.order_by("position", "pk")) if row.entry else [])


def count_waiting() -> int:
    """Count what waits for a person."""
    return sum(item.kind in WAITING for item in read_items())


def held_facts(row: SipUser, addresses: list[Destination]) -> Facts | None:
    """Return what the directory holds of a user, None without an entry. A missing address has no label to differ."""
    if row.entry is None:
        return None
    own = own_address(row, addresses)
    return Facts(
        name=row.entry.name,
        label=own.label if own else facts_from(row.told).label,
        is_there=row.entry.is_active and own is not None,
    )


def own_address(row: SipUser, addresses: list[Destination]) -> Destination | None:
    """Find the user's own among the addresses of their entry."""
    wanted = (DestinationType.SIP_USER, row.user_name)
    return next((each for each in addresses if (each.destination_type, each.address) == wanted), None)


def addresses_by_entry() -> dict[int, list[Destination]]:
    """Return the addresses of all entries that belong to a SIP user, by the entries' ids."""
    linked = SipUser.objects.filter(entry__isnull=False).values("entry")
    found: dict[int, list[Destination]] = {}
    for destination in Destination.objects.filter(entry__in=linked).order_by("position", "pk"):
        found.setdefault(destination.entry_id, []).append(destination)
    return found


def make_item(row: SipUser, addresses: list[Destination]) -> ReviewItem:
    """Compare one user with their entry, whose addresses these are."""
    told = facts_from(row.told)
    followed = facts_from(row.followed) if row.followed else None
    return ReviewItem(
        row=row,
        told=told,
        finding=compare(told=told, followed=followed, held=held_facts(row, addresses)),
        entry=row.entry,
        has_other_addresses=any(each is not own_address(row, addresses) for each in addresses),
    )
