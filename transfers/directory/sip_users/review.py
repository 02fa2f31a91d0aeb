"""Every SIP user compared with the directory, as both are now, for a person to decide."""

import hashlib
import json
from dataclasses import dataclass

from transfers.directory.sip_users.comparison import WAITING, Facts, Finding, Kind, compare, facts_from
from transfers.models import Destination, DestinationType, DirectoryEntry, SipUser


@dataclass(frozen=True)
class ReviewItem:
    """One SIP user and the result of the comparison.

    `has_other_addresses`: if the user is gone, the entry stays active and loses only this address.
    """

    row: SipUser
    remote: Facts
    finding: Finding
    entry: DirectoryEntry | None
    has_other_addresses: bool

    @property
    def kind(self) -> Kind:
        """The result of the comparison."""
        return self.finding.kind

    @property
    def token(self) -> str:
        """Identify this item as it was shown. Another finding or another version of the entry gives another token."""
        shown = [
            self.kind,
            self.row.user_name,
            self.remote.as_json(),
            self.entry and (self.entry.pk, self.entry.version),
        ]
        digest = hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
        return f"{self.row.pk}-{digest[:24]}"


def read_items() -> list[ReviewItem]:
    """Compare all users, in the order of their user names, with two queries."""
    addresses = addresses_by_entry()
    rows = SipUser.objects.select_related("entry").order_by("user_name")
    return [make_item(row, addresses.get(row.entry_id or 0, [])) for row in rows]


def read_item(pk: int) -> ReviewItem | None:
    """Compare one user. None if TENIOS no longer lists the user and no entry has the address."""
    row = SipUser.objects.select_related("entry").filter(pk=pk).first()
    if row is None:
        return None
    return make_item(row, list(row.entry.destinations.order_by("position", "pk")) if row.entry else [])


def count_waiting() -> int:
    """Count the items that wait for a decision."""
    return sum(item.kind in WAITING for item in read_items())


def local_facts(row: SipUser, addresses: list[Destination]) -> Facts | None:
    """Return what the directory has about a user, None without an entry.

    If the entry has lost the user's address, the label is TENIOS' own: only `is_there` differs then.
    """
    if row.entry is None:
        return None
    own = own_address(row, addresses)
    return Facts(
        name=row.entry.name,
        label=own.label if own else facts_from(row.remote).label,
        is_there=row.entry.is_active and own is not None,
    )


def own_address(row: SipUser, addresses: list[Destination]) -> Destination | None:
    """Find the user's own address among the addresses of the entry."""
    identity = (DestinationType.SIP_USER, row.user_name)
    return next((each for each in addresses if each.identity == identity), None)


def addresses_by_entry() -> dict[int, list[Destination]]:
    """Return the addresses of all entries that belong to a SIP user, by entry id."""
    linked = SipUser.objects.filter(entry__isnull=False).values("entry")
    found: dict[int, list[Destination]] = {}
    for destination in Destination.objects.filter(entry__in=linked).order_by("position", "pk"):
        found.setdefault(destination.entry_id, []).append(destination)
    return found


def make_item(row: SipUser, addresses: list[Destination]) -> ReviewItem:
    """Compare one user with the entry, which has these addresses."""
    remote = facts_from(row.remote)
    base = facts_from(row.base) if row.base else None
    return ReviewItem(
        row=row,
        remote=remote,
        finding=compare(remote=remote, base=base, local=local_facts(row, addresses)),
        entry=row.entry,
        has_other_addresses=any(each is not own_address(row, addresses) for each in addresses),
    )
