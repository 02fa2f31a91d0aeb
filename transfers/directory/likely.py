"""What a search shows before the text's own order counts: own use, where this caller went last, favourites."""

from dataclasses import dataclass, field
from itertools import islice

from transfers.destination_policy import Identity
from transfers.directory.options import Memory, Option
from transfers.directory.search import by_identity, matches, name_rank
from transfers.directory.typed import Typed
from transfers.models import Destination, DestinationQuerySet, DestinationType, User, search_text

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
    """One search of one agent: `found` is what the directory holds for its text and its type (our word, or empty)."""

    user: User
    memory: Memory
    found: DestinationQuerySet
    text: str = ""
    destination_type: str = ""
    typed: Typed = field(default_factory=Typed)


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
    kept = [pk for pk in memory.positions if pk not in shown]
    entries = search.found.filter(pk__in=kept) if kept else ()
    options = [memory.option_of_entry(entry, search.text) for entry in entries]
    return tuple(sorted(options, key=lambda option: (name_rank(option.name, search.text), option.favourite_position)))


def last_time_options(search: Search, *, without: Options) -> Options:
    """Show where this caller went last, if it is among what was found for this agent and not shown already."""
    last = search.memory.last_time
    if last is None or last.identity in {option.identity for option in without}:
        return ()
    same = search.found.filter(destination_type=last.identity[0], address=last.identity[1])
    return tuple(search.memory.option_of_entry(entry, search.text) for entry in by_identity(same).values())


def recent_options(search: Search, *, without: Options, limit: int = MOST_RECENT) -> Options:
    """Show where the agent's own transfers went: names that the text begins first, then the newest."""
    left_out = {option.identity for option in without} | {checked.identity for checked in search.typed.new}
    last_uses = search.memory.last_uses
    used = [one for one in last_uses if search.destination_type in ("", one[0]) and one not in left_out]
    used = used[:RECENT_SEARCHED]
    held = Destination.objects.visible_to(search.user).filter(address__in=[address for _, address in used])
    entries = by_identity(held) if used else {}
    found = [one for one in used if _is_found(search, one, entries.get(one))]
    if search.text:
        found.sort(key=lambda one: name_rank(entries[one].name if one in entries else "", search.text))
    options = (_recent_option(search, one, entries.get(one)) for one in found)
    return tuple(islice(filter(None, options), limit))


def _is_found(search: Search, identity: Identity, entry: Destination | None) -> bool:
    """Tell whether the text finds an earlier destination, and its entry is not switched off."""
    if entry is None:
        is_number = identity[0] == DestinationType.EXTERNAL_NUMBER
        return matches(search.text, search_text(address=identity[1], is_number=is_number))
    is_named = identity in {checked.identity for checked in search.typed.known}
    return entry.is_active and (is_named or matches(search.text, entry.search_text))


def _recent_option(search: Search, identity: Identity, entry: Destination | None) -> Option | None:
    """Show where an earlier transfer went; None for what the directory does not hold and the policy refuses."""
    if entry is None:
        return search.memory.option_of_last_use(identity)
    return search.memory.option_of_entry(entry, search.text)
