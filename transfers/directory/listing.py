"""The list of the directory: filtered, searched, sorted by name, page by page."""

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
    """What a list shows. `scope` is "shared" or "own"; `state` is "active", "off" or "" for both; pages begin at 1."""

    scope: str = SHARED
    text: str = ""
    kind: str = ""
    department: str = ""
    state: str = ""
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether it excludes any entry of its scope."""
        return bool(self.text or self.kind or self.department or self.state)


@dataclass(frozen=True)
class ListedEntry:
    """One row: an entry, its addresses in order, and why it is closed now, if it is.

    `availability` is TENIOS' last report about the first of the entry's SIP users that has one.
    """

    entry: DirectoryEntry
    addresses: tuple[Destination, ...]
    closed: Closed | None
    availability: Availability | None = None


@dataclass(frozen=True)
class Listing:
    """One page. `found` entries match the filter; the scope has `total`, of which `active` are active.

    `kinds` counts the matches of each kind as if the filter had no kind. `departments` are those of the scope.
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


def list_entries(*, user: User, query: ListFilter) -> Listing:
    """Return a page of the entries a person may see. A page number that is too high gives the last page."""
    scope = entries_in_scope(user, query.scope)
    narrowed = _narrowed(scope, query)
    kinds = dict(narrowed.order_by().values_list("kind").annotate(Count("pk")))
    found = kinds.get(query.kind, 0) if query.kind else sum(kinds.values())
    query = replace(query, page=max(1, min(query.page, -(-found // PAGE))))
    listed = narrowed.filter(kind=query.kind) if query.kind else narrowed
    first = (query.page - 1) * PAGE
    return Listing(
        filter=query,
        rows=_rows(list(listed.order_by("search_text", "pk")[first : first + PAGE])),
        found=found,
        total=scope.count(),
        active=scope.filter(is_active=True).count(),
        kinds={kind: kinds.get(kind, 0) for kind in EntryKind.values},
        departments=departments_of(scope),
    )


def entries_in_scope(user: User, scope: str) -> DirectoryEntryQuerySet:
    """Return a person's own entries, or the shared ones they may see. Only managers see inactive shared ones."""
    if scope == OWN:
        return DirectoryEntry.objects.filter(owner=user)
    shared = DirectoryEntry.objects.visible_to(user).shared()
    return shared if user.has_perm("transfers.manage_directory") else shared.filter(is_active=True)


def entries_found(*, user: User, query: ListFilter) -> DirectoryEntryQuerySet:
    """Return the entries of all pages of a list."""
    found = _narrowed(entries_in_scope(user, query.scope), query)
    return found.filter(kind=query.kind) if query.kind else found


def departments_of(entries: DirectoryEntryQuerySet) -> tuple[str, ...]:
    """List the departments of these entries, each once."""
    names = entries.exclude(department="").order_by("department").values_list("department", flat=True)
    return tuple(names.distinct())


def _narrowed(scope: DirectoryEntryQuerySet, query: ListFilter) -> DirectoryEntryQuerySet:
    """Apply everything but the kind. A text may match the entry or one of its addresses."""
    entries = scope
    if text := clean_text(query.text):
        by_address = matching(Destination.objects.all(), text).values("entry")
        without_address = matching(DirectoryEntry.objects.filter(destinations=None), text).values("pk")
        entries = entries.filter(Q(pk__in=by_address) | Q(pk__in=without_address))
    if query.department:
        entries = entries.filter(department=query.department)
    if query.state in STATES:
        entries = entries.filter(is_active=query.state == "active")
    return entries


def _rows(entries: list[DirectoryEntry]) -> tuple[ListedEntry, ...]:
    closed = closed_entries({entry.pk for entry in entries if entry.is_active})
    addresses: dict[int, list[Destination]] = {entry.pk: [] for entry in entries}
    for destination in Destination.objects.filter(entry__in=addresses).order_by("position", "pk"):
        addresses[destination.entry_id].append(destination)
    reports = read_availabilities(_sip_users(each for known in addresses.values() for each in known))
    return tuple(
        ListedEntry(
            entry=entry,
            addresses=tuple(addresses[entry.pk]),
            closed=closed.get(entry.pk),
            availability=_first_report(addresses[entry.pk], reports),
        )
        for entry in entries
    )


def _sip_users(addresses: Iterable[Destination]) -> set[str]:
    return {each.address for each in addresses if each.destination_type == DestinationType.SIP_USER}


def _first_report(addresses: list[Destination], reports: dict[str, Availability]) -> Availability | None:
    known = (reports.get(each.address) for each in addresses if each.destination_type == DestinationType.SIP_USER)
    return next(filter(None, known), None)
