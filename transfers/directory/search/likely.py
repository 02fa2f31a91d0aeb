"""What a search shows before the text's own order counts: own use, where this caller went last, favourites."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from transfers.destination_policy import Identity
from transfers.directory.search.options import Memory, Option
from transfers.directory.search.text_search import by_identity, matches, name_rank
from transfers.directory.search.typed import Reading, Typed
from transfers.models import Destination, DestinationType, User, search_text

MOST_RECENT = 5
RECENT_SEARCHED = 50

Options = tuple[Option, ...]


@dataclass(frozen=True)
class Group:
    """Options under one heading; `kind` is "last_time", "favourites", "recent", "directory", "near" or "typed"."""

    kind: str
    options: Options


@dataclass(frozen=True)
class Search:
    """One search of one agent for a text within a type (our word, or empty).

    `held` is what the directory holds, for this person, of all that is likely or named by the text (`held_for`).
    """

    memory: Memory
    held: Sequence[Destination]
    text: str = ""
    destination_type: str = ""
    typed: Typed = field(default_factory=Typed)

    def finds(self, entry: Destination) -> bool:
        """Tell whether an address may be chosen and is what was searched for, as the database would tell."""
        if not entry.is_active or self.destination_type not in ("", entry.destination_type):
            return False
        is_named = (entry.destination_type, entry.address) in {checked.identity for checked in self.typed.known}
        return is_named or matches(self.text, entry.search_text)


def held_for(user: User, memory: Memory, reading: Reading) -> list[Destination]:
    """Return, in one query, what the directory holds for this person of what is likely or named, active or not."""
    addresses = memory.addresses(most_used=RECENT_SEARCHED) | {checked.address for checked in reading.checked}
    return list(Destination.objects.visible_to(user).filter(address__in=addresses)) if addresses else []


def likely_groups(search: Search) -> list[Group]:
    """Group what is likely, each destination once.

    Nothing typed yet: the favourites stand above the own use, so that no key leaves its place after a transfer.
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
    """Show the agent's favourites: names that the text begins first, then by their keys."""
    memory, shown = search.memory, {option.destination_id for option in without}
    kept = [entry for entry in search.held if entry.pk in memory.positions and entry.pk not in shown]
    options = [memory.option_of_entry(entry, search.text) for entry in kept if search.finds(entry)]
    return tuple(sorted(options, key=lambda option: (name_rank(option.name, search.text), option.favourite_position)))


def last_time_options(search: Search, *, without: Options) -> Options:
    """Show where this caller went last, if it is among what was found for this agent and not shown already."""
    last = search.memory.last_time
    if last is None or last.identity in {option.identity for option in without}:
        return ()
    entry = by_identity(search.held).get(last.identity)
    return (search.memory.option_of_entry(entry, search.text),) if entry and search.finds(entry) else ()


def recent_options(search: Search, *, without: Options, limit: int = MOST_RECENT) -> Options:
    """Show where the agent's own transfers went: names that the text begins first, then the newest."""
    left_out = {option.identity for option in without} | {checked.identity for checked in search.typed.new}
    entries, used = by_identity(search.held), islice(search.memory.last_uses, RECENT_SEARCHED)
    found = [one for one in used if one not in left_out and _is_found(search, one, entries.get(one))]
    if search.text:
        found.sort(key=lambda one: name_rank(entries[one].name if one in entries else "", search.text))
    options = (_recent_option(search, one, entries.get(one)) for one in found)
    return tuple(islice(filter(None, options), limit))


def _is_found(search: Search, identity: Identity, entry: Destination | None) -> bool:
    """Tell whether the text finds an earlier destination, and its entry is not switched off."""
    if entry is not None:
        return search.finds(entry)
    is_number = identity[0] == DestinationType.EXTERNAL_NUMBER
    spelt = search_text(address=identity[1], is_number=is_number)
    return search.destination_type in ("", identity[0]) and matches(search.text, spelt)


def _recent_option(search: Search, identity: Identity, entry: Destination | None) -> Option | None:
    """Show where an earlier transfer went; None for what the directory does not hold and the policy refuses."""
    if entry is None:
        return search.memory.option_of_last_use(identity)
    return search.memory.option_of_entry(entry, search.text)
