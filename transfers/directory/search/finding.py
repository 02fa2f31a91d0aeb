"""What the picker and the dock show: what is most likely first, then the directory, and what a typed text names."""

from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Q

from transfers.destination_policy.number_spelling import looks_like_number
from transfers.directory.hours.opening import closed_entries
from transfers.directory.search.last_time import last_time_of
from transfers.directory.search.likely import (
    MOST_RECENT,
    Group,
    Options,
    Search,
    favourite_options,
    held_for,
    likely_groups,
    recent_options,
)
from transfers.directory.search.near import near_entries
from transfers.directory.search.options import Memory, Option
from transfers.directory.search.text_search import by_identity, clean_text, matching, ranked
from transfers.directory.search.typed import Reading, Typed, apart_from_directory, read_text
from transfers.models import Call, Destination, DestinationQuerySet, User


@dataclass(frozen=True)
class Results:
    """What a search found: `shown` of the `total` addresses that this person may use.

    `total` is 0, not counted, where only near ones are shown. `refusal` says why a typed text cannot be used,
    or "". `for_supervisor` is the refused number (E.164) that a supervisor may agree to, or "".
    """

    groups: tuple[Group, ...]
    shown: int
    total: int
    refusal: str = ""
    for_supervisor: str = ""

    @property
    def is_near(self) -> bool:
        """Whether nothing was found but what the text names with one letter changed."""
        return any(group.kind == "near" for group in self.groups)


def find_destinations(
    *, user: User, text: str = "", destination_type: str = "", limit: int = 40, call: Call | None = None
) -> Results:
    """Search everything that a call can go to, by name, number, department and note, whatever the text.

    `destination_type` (our word) narrows to one type; `call` is the one on the line. At most `limit` directory entries;
    no destination comes twice. What one typing error hides is looked for only when nothing else is found.
    """
    text = clean_text(text)
    reading = read_text(text, destination_type)
    memory = Memory(user, last_time_of(call) if call else None)
    held = held_for(user, memory, reading)
    typed = apart_from_directory(reading, by_identity(held))
    entries = _entries_of(user, destination_type)
    found = matching(entries, text, also=_are(typed))
    groups = likely_groups(Search(memory, held, text, destination_type, typed))
    groups.append(Group("directory", _listed(found, memory, text, without=_options_in(groups), limit=limit)))
    if text and not _options_in(groups):
        groups.append(Group("near", _near(entries, memory, text)))
    shown = sum(option.destination_id is not None for option in _options_in(groups))
    is_near = any(group.kind == "near" and group.options for group in groups)
    return Results(
        groups=_with_closed(_with_typed(groups, memory, typed, text)),
        shown=shown,
        total=0 if is_near else _usable(user).count(),
        refusal="" if shown and typed.is_refusal_passing else typed.refusal,
        for_supervisor=typed.for_supervisor,
    )


def _options_in(groups: list[Group]) -> Options:
    return tuple(option for group in groups for option in group.options)


def favourites_of(user: User) -> list[Option]:
    """Return what an agent keeps on the keys 1 to 9, in their order."""
    return _all_with_closed(favourite_options(_search_nothing(user), without=()))


def recents_of(user: User, *, limit: int = MOST_RECENT) -> list[Option]:
    """Return where an agent transferred calls to, newest first, each destination once."""
    return _all_with_closed(recent_options(_search_nothing(user), without=(), limit=limit))


def _search_nothing(user: User) -> Search:
    memory = Memory(user)
    return Search(memory, held_for(user, memory, Reading()))


def _entries_of(user: User, destination_type: str) -> DestinationQuerySet:
    usable = _usable(user)
    return usable.filter(destination_type=destination_type) if destination_type else usable


def _usable(user: User) -> DestinationQuerySet:
    return Destination.objects.active().visible_to(user)


def _are(typed: Typed) -> Q:
    """Find the entries that a text names by their address, however it spells it."""
    named = Q()
    for checked in typed.known:
        named |= Q(destination_type=checked.destination_type, address=checked.address)
    return named


def _listed(found: DestinationQuerySet, memory: Memory, text: str, *, without: Options, limit: int) -> Options:
    shown = [option.destination_id for option in without if option.destination_id is not None]
    # First which ones, then those: else PostgreSQL looks up the entry of each that was found before it sorts them.
    listed = ranked(found.exclude(pk__in=shown), text).values_list("pk", flat=True)
    ids = list(listed[: max(0, limit - len(without))])
    entries = Destination.objects.select_related("entry").in_bulk(ids)
    return tuple(memory.option_of_entry(entries[pk], text) for pk in ids if pk in entries)


def _near(entries: DestinationQuerySet, memory: Memory, text: str) -> Options:
    near = near_entries(entries, text, memory)
    return tuple(replace(memory.option_of_entry(entry, ""), is_near=True) for entry in near)


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
