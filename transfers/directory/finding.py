"""What the picker and the dock show: favourites, recent destinations, the directory, and what a typed text names."""

from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Q

from transfers.destination_policy import Identity
from transfers.destination_policy.number_spelling import looks_like_number
from transfers.directory.opening import closed_entries
from transfers.directory.options import Memory, Option
from transfers.directory.search import by_identity, clean_text, matches, matching, name_rank, ranked
from transfers.directory.typed import Typed, read_typed
from transfers.models import Destination, DestinationQuerySet, DestinationType, User, search_text

MOST_RECENT = 5
RECENT_SEARCHED = 50

Options = tuple[Option, ...]


@dataclass(frozen=True)
class Group:
    """Options under one heading; `kind` is "favourites", "recent", "directory" or "typed"."""

    kind: str
    options: Options


@dataclass(frozen=True)
class Results:
    """What a search found: `shown` of the `total` addresses that this person may use.

    `refusal` says why a typed text cannot be used, or "".
    `for_supervisor` is the refused number (E.164) that a supervisor may agree to, or "".
    """

    groups: tuple[Group, ...]
    shown: int
    total: int
    refusal: str = ""
    for_supervisor: str = ""


def find_destinations(*, user: User, text: str = "", destination_type: str = "", limit: int = 40) -> Results:
    """Search everything that a call can go to, by name, number, department and note, whatever the text.

    `destination_type` (our word) narrows to one type. At most `limit` directory entries; no destination comes twice.
    """
    text = clean_text(text)
    typed = read_typed(text, destination_type, user=user) if text else Typed()
    entries = _entries_of(user, destination_type)
    memory = Memory(user)
    found = matching(entries, text, also=_are(typed))
    favourites = _favourites(found, memory, text)
    recent = _recent(user, memory, text, destination_type, typed=typed, without=favourites, limit=MOST_RECENT)
    listed = _listed(found, memory, text, without=(*favourites, *recent), limit=limit)
    groups = [Group("favourites", favourites), Group("recent", recent), Group("directory", listed)]
    shown = sum(option.destination_id is not None for group in groups for option in group.options)
    return Results(
        groups=_with_closed(_with_typed(groups, memory, typed, text)),
        shown=shown,
        total=_entries_of(user, "").count(),
        refusal="" if shown and typed.is_refusal_passing else typed.refusal,
        for_supervisor=typed.for_supervisor,
    )


def favourites_of(user: User) -> list[Option]:
    """Return what an agent keeps on the keys 1 to 9, in their order."""
    return _all_with_closed(_favourites(_entries_of(user, ""), Memory(user), ""))


def recents_of(user: User, *, limit: int = MOST_RECENT) -> list[Option]:
    """Return where an agent transferred calls to, newest first, each destination once."""
    return _all_with_closed(_recent(user, Memory(user), "", "", typed=Typed(), without=(), limit=limit))


def _entries_of(user: User, destination_type: str) -> DestinationQuerySet:
    active = Destination.objects.active().visible_to(user)
    return active.filter(destination_type=destination_type) if destination_type else active


def _are(typed: Typed) -> Q:
    """Find the entries that a text names by their address, however it spells it."""
    named = Q()
    for checked in typed.known:
        named |= Q(destination_type=checked.destination_type, address=checked.address)
    return named


def _favourites(found: DestinationQuerySet, memory: Memory, text: str) -> Options:
    options = [memory.option_of_entry(entry, text) for entry in found.filter(pk__in=memory.positions)]
    return tuple(sorted(options, key=lambda option: (name_rank(option.name, text), option.favourite_position or 0)))


def _recent(
    user: User, memory: Memory, text: str, destination_type: str, *, typed: Typed, without: Options, limit: int
) -> Options:
    left_out = {option.identity for option in without} | {checked.identity for checked in typed.new}
    used = [one for one in memory.last_uses if destination_type in ("", one[0]) and one not in left_out]
    used = used[:RECENT_SEARCHED]
    held = Destination.objects.visible_to(user).filter(address__in=[address for _, address in used])
    entries = by_identity(held)
    named = {checked.identity for checked in typed.known}
    options = (_recent_option(memory, text, one, entries.get(one), is_named=one in named) for one in used)
    return tuple(islice(filter(None, options), limit))


def _recent_option(
    memory: Memory, text: str, identity: Identity, entry: Destination | None, *, is_named: bool
) -> Option | None:
    """Show where an earlier transfer went, unless the text does not find it or it is switched off or refused today."""
    if entry is None:
        is_number = identity[0] == DestinationType.EXTERNAL_NUMBER
        searched = search_text(address=identity[1], is_number=is_number)
        return memory.option_of_last_use(identity) if matches(text, searched) else None
    if entry.is_active and (is_named or matches(text, entry.search_text)):
        return memory.option_of_entry(entry, text)
    return None


def _listed(found: DestinationQuerySet, memory: Memory, text: str, *, without: Options, limit: int) -> Options:
    shown = [option.destination_id for option in without if option.destination_id is not None]
    entries = ranked(found.exclude(pk__in=shown), text)[: max(0, limit - len(without))]
    return tuple(memory.option_of_entry(entry, text) for entry in entries)


def _with_typed(groups: list[Group], memory: Memory, typed: Typed, text: str) -> tuple[Group, ...]:
    """Put what was typed last, or first when it can only be a number."""
    options = tuple(memory.option_of_typed(checked) for checked in typed.new)
    is_first = looks_like_number(text) and any(option.checked for option in options)
    groups = [Group("typed", options), *groups] if is_first else [*groups, Group("typed", options)]
    return tuple(group for group in groups if group.options)


def _with_closed(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Say of each option whether it is closed now."""
    options = iter(_all_with_closed(tuple(option for group in groups for option in group.options)))
    return tuple(replace(group, options=tuple(islice(options, len(group.options)))) for group in groups)


def _all_with_closed(options: Options) -> list[Option]:
    closed = closed_entries({option.entry_id for option in options if option.entry_id is not None})
    return [replace(option, closed=closed.get(option.entry_id or 0)) for option in options]
