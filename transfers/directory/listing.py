"""The directory as its pages list it: filtered, searched, sorted like a dictionary, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Q

from transfers.directory.availability import Availability, read_availabilities
from transfers.directory.hours.opening import Closed, closed_entries
from transfers.directory.search.text_search import clean_text, matching
from transfers.models import Destination, DestinationType, DirectoryEntry, DirectoryEntryQuerySet, EntryKind, User

PAGE = 50
SHARED, OWN = "shared", "own"
STATES = ("active", "off")


@dataclass(frozen=True)
class ListFilter:
    """What a list shows: `scope` is "shared" or "own", `state` "active", "off" or "" for both, `page` from 1."""

    scope: str = SHARED
    text: str = ""
    kind: str = ""
    department: str = ""
    state: str = ""
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything of its scope out."""
        return bool(self.text or self.kind or self.department or self.state)


@dataclass(frozen=True)
class ListedEntry:
    """One row: an entry, its addresses in their order, why it is closed now, if it is, and what TENIOS last said of the
    agent behind its first SIP user that it said anything of.
    """

    entry: DirectoryEntry
    addresses: tuple[Destination, ...]
    closed: Closed | None
    availability: Availability | None = None


@dataclass(frozen=True)
class Listing:
    """One page. `found` entries match the filter, the scope holds `total`, of which `active` can be used.

    `kinds` counts the matches without regard to their kind; `departments` are those of the scope.
    """

    filter: ListFilter
    rows: tuple[ListedEntry, ...]
    found: int
    total: int
    active: int
    kinds: dict[str, int]
    departments: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.found // PAGE))


def list_entries(*, user: User, wished: ListFilter) -> Listing:
    """Return a page of what a person may see; one behind the last is the last."""
    scope = entries_in_scope(user, wished.scope)
    narrowed = _narrowed(scope, wished)
    kinds = dict(narrowed.order_by().values_list("kind").annotate(Count("pk")))
    found = kinds.get(wished.kind, 0) if wished.kind else sum(kinds.values())
    wished = replace(wished, page=max(1, min(wished.page, -(-found // PAGE))))
    listed = narrowed.filter(kind=wished.kind) if wished.kind else narrowed
    first = (wished.page - 1) * PAGE
    return Listing(
        filter=wished,
        rows=_rows(list(listed.order_by("search_text", "pk")[first : first + PAGE])),
        found=found,
        total=scope.count(),
        active=scope.filter(is_active=True).count(),
        kinds={kind: kinds.get(kind, 0) for kind in EntryKind.values},
        departments=departments_of(scope),
    )


def entries_in_scope(user: User, scope: str) -> DirectoryEntryQuerySet:
    """Return a person's own entries, or the shared ones they may see; switched-off ones are for who manages them."""
    if scope == OWN:
        return DirectoryEntry.objects.filter(owner=user)
    shared = DirectoryEntry.objects.visible_to(user).shared()
    return shared if user.has_perm("transfers.manage_directory") else shared.filter(is_active=True)


def entries_found(*, user: User, wished: ListFilter) -> DirectoryEntryQuerySet:
    """Return all entries that a filter shows a person, whatever the page."""
    found = _narrowed(entries_in_scope(user, wished.scope), wished)
    return found.filter(kind=wished.kind) if wished.kind else found


def departments_of(entries: DirectoryEntryQuerySet) -> tuple[str, ...]:
    """List the departments of these entries, each once."""
    names = entries.exclude(department="").order_by("department").values_list("department", flat=True)
    return tuple(names.distinct())


def _narrowed(scope: DirectoryEntryQuerySet, wished: ListFilter) -> DirectoryEntryQuerySet:
    """Apply everything but the kind. Words may be found in the entry or at one of its addresses."""
    entries = scope
    if text := clean_text(wished.text):
        by_address = matching(Destination.objects.all(), text).values("entry")
        without_address = matching(DirectoryEntry.objects.filter(destinations=None), text).values("pk")
        entries = entries.filter(Q(pk__in=by_address) | Q(pk__in=without_address))
    if wished.department:
        entries = entries.filter(department=wished.department)
    if wished.state in STATES:
        entries = entries.filter(is_active=wished.state == "active")
    return entries


def _rows(entries: list[DirectoryEntry]) -> tuple[ListedEntry, ...]:
    closed = closed_entries({entry.pk for entry in entries if entry.is_active})
    addresses: dict[int, list[Destination]] = {entry.pk: [] for entry in entries}
    for destination in Destination.objects.filter(entry__in=addresses).order_by("position", "pk"):
        addresses[destination.entry_id].append(destination)
    told = read_availabilities(_sip_users(each for known in addresses.values() for each in known))
    return tuple(
        ListedEntry(entry, tuple(addresses[entry.pk]), closed.get(entry.pk), _first_told(addresses[entry.pk], told))
        for entry in entries
    )


def _sip_users(addresses: Iterable[Destination]) -> set[str]:
    return {each.address for each in addresses if each.destination_type == DestinationType.SIP_USER}


def _first_told(addresses: list[Destination], told: dict[str, Availability]) -> Availability | None:
    known = (told.get(each.address) for each in addresses if each.destination_type == DestinationType.SIP_USER)
    return next(filter(None, known), None)
