"""The likely destinations, shown before the others: recent ones, the caller's last destination, favourites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from transfers.destination_policy import Identity
from transfers.directory.search.agent_history import AgentHistory
from transfers.directory.search.options import Option
from transfers.directory.search.text_search import by_identity, matches, name_rank
from transfers.directory.search.typed import Reading, Typed
from transfers.models import Destination, DestinationType, User, search_text

MOST_RECENT = 5
RECENT_SEARCHED = 50

Options = tuple[Option, ...]


@dataclass(frozen=True)
class Group:
    """Options under one heading. `kind` is "last_time", "favourites", "recent", "directory", "near" or "typed"."""

    kind: str
    options: Options


@dataclass(frozen=True)
class Search:
    """One search of one agent for a text, within one `destination_type` or, if that is "", all.

    `entries` are the likely directory entries and those that the text spells, as `load_entries` returns them.
    """

    history: AgentHistory
    entries: Sequence[Destination]
    text: str = ""
    destination_type: str = ""
    typed: Typed = field(default_factory=Typed)

    def finds(self, entry: Destination) -> bool:
        """Tell whether an address is active and matches the search, by the same rules as the database query."""
        if not entry.is_active or self.destination_type not in ("", entry.destination_type):
            return False
        is_named = any(checked.identity == entry.identity for checked in self.typed.known)
        return is_named or matches(self.text, entry.search_text)


def load_entries(user: User, history: AgentHistory, reading: Reading) -> list[Destination]:
    """Return the likely entries and those that the text spells, active or not, with one query."""
    addresses = history.addresses(most_used=RECENT_SEARCHED) | {checked.address for checked in reading.checked}
    return list(Destination.objects.visible_to(user).filter(address__in=addresses)) if addresses else []


def likely_groups(search: Search) -> list[Group]:
    """Group the likely destinations, each once.

    Without a text the favourites come before the recent ones, so that no key changes its place after a transfer.
    """
    if search.text:
        recent = recent_options(search, without=())
        last = last_time_options(search, without=recent)
        favourites = favourite_options(search, without=(*recent, *last))
        return [Group("recent", recent), Group("last_time", last), Group("favourites", favourites)]
    last = last_time_options(search, without=())
    favourites = favourite_options(search, without=last)
    recent = recent_options(search, without=(*last, *favourites))
    return [Group("last_time", last), Group("favourites", favourites), Group("recent", recent)]


def favourite_options(search: Search, *, without: Options) -> Options:
    """Return the agent's favourites: names that begin with the text first, then by key."""
    history, shown = search.history, {option.destination_id for option in without}
    favourites = [entry for entry in search.entries if entry.pk in history.positions and entry.pk not in shown]
    options = [history.option_of_entry(entry, search.text) for entry in favourites if search.finds(entry)]
    return tuple(sorted(options, key=lambda option: (name_rank(option.name, search.text), option.favourite_position)))


def last_time_options(search: Search, *, without: Options) -> Options:
    """Return this caller's last destination, if this search finds it and it is not shown already."""
    last = search.history.last_time
    if last is None or last.identity in {option.identity for option in without}:
        return ()
    entry = by_identity(search.entries).get(last.identity)
    return (search.history.option_of_entry(entry, search.text),) if entry and search.finds(entry) else ()


def recent_options(search: Search, *, without: Options, limit: int = MOST_RECENT) -> Options:
    """Return the destinations of the agent's transfers: names that begin with the text first, then the newest."""
    left_out = {option.identity for option in without} | {checked.identity for checked in search.typed.new}
    entries = by_identity(search.entries)
    used = islice(search.history.last_uses, RECENT_SEARCHED)
    found = [identity for identity in used if identity not in left_out and _is_found(search, identity, entries)]
    if search.text:
        names = {identity: entry.name for identity, entry in entries.items()}
        found.sort(key=lambda identity: name_rank(names.get(identity, ""), search.text))
    options = (_recent_option(search, identity, entries.get(identity)) for identity in found)
    return tuple(islice(filter(None, options), limit))


def _is_found(search: Search, identity: Identity, entries: Mapping[Identity, Destination]) -> bool:
    """Tell whether the search finds an earlier destination. If it has an entry, that must be active."""
    if identity in entries:
        return search.finds(entries[identity])
    is_number = identity[0] == DestinationType.EXTERNAL_NUMBER
    spelt = search_text(address=identity[1], is_number=is_number)
    return search.destination_type in ("", identity[0]) and matches(search.text, spelt)


def _recent_option(search: Search, identity: Identity, entry: Destination | None) -> Option | None:
    """Return the option of an earlier destination. None if it has no entry and the number rules refuse it."""
    if entry is None:
        return search.history.option_of_last_use(identity)
    return search.history.option_of_entry(entry, search.text)
