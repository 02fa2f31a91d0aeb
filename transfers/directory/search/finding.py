"""The picker's search and the dock's lists: likely destinations first, then the directory, then typed ones."""

from dataclasses import dataclass, replace
from itertools import islice

from django.db.models import Q

from transfers.destination_policy.number_spelling import looks_like_number
from transfers.directory.hours.opening import closed_entries
from transfers.directory.search.agent_history import AgentHistory
from transfers.directory.search.last_time import last_time_of
from transfers.directory.search.likely import (
    MOST_RECENT,
    Group,
    Options,
    Search,
    favourite_options,
    likely_groups,
    load_entries,
    recent_options,
)
from transfers.directory.search.near import near_entries
from transfers.directory.search.options import Option
from transfers.directory.search.text_search import by_identity, clean_text, matching, ranked
from transfers.directory.search.typed import Reading, Typed, read_text, separate_known
from transfers.models import Call, Destination, DestinationQuerySet, User


@dataclass(frozen=True)
class Results:
    """What a search found: `shown` of the `total` addresses that this person may use.

    If only near matches are shown, `total` is not counted and 0. `refusal` says why a typed text cannot be used, or
    "". `for_supervisor` is the refused number (E.164) that a supervisor may agree to, or "".
    """

    groups: tuple[Group, ...]
    shown: int
    total: int
    refusal: str = ""
    for_supervisor: str = ""

    @property
    def is_near(self) -> bool:
        """Whether the text matches only with one letter changed."""
        return any(group.kind == "near" for group in self.groups)


def find_destinations(
    *, user: User, text: str = "", destination_type: str = "", limit: int = 40, call: Call | None = None
) -> Results:
    """Search all destinations by name, number, department and note. Any text is valid.

    `destination_type` (one of `DestinationType`) narrows to one type. `call` is the agent's current call. Returns at
    most `limit` directory entries, each destination once. It allows a typing error only if nothing else matches.
    """
    text = clean_text(text)
    reading = read_text(text, destination_type)
    history = AgentHistory(user, last_time_of(call) if call else None)
    entries = load_entries(user, history, reading)
    typed = separate_known(reading, by_identity(entries))
    usable = _usable(user, destination_type)
    found = matching(usable, text, also=_named_by(typed))
    groups = likely_groups(Search(history, entries, text, destination_type, typed))
    groups.append(Group("directory", _listed(found, history, text, without=_options_in(groups), limit=limit)))
    if text and not _options_in(groups):
        groups.append(Group("near", _near(usable, history, text)))
    shown = sum(option.destination_id is not None for option in _options_in(groups))
    is_near = any(group.kind == "near" and group.options for group in groups)
    return Results(
        groups=_with_closed(_with_typed(groups, history, typed, text)),
        shown=shown,
        total=0 if is_near else Destination.objects.usable_by(user).count(),
        refusal="" if shown and typed.is_refusal_passing else typed.refusal,
        for_supervisor=typed.for_supervisor,
    )


def _options_in(groups: list[Group]) -> Options:
    return tuple(option for group in groups for option in group.options)


def favourites_of(user: User) -> list[Option]:
    """Return an agent's favourites, in the order of their keys 1 to 9."""
    return _all_with_closed(favourite_options(_search_nothing(user), without=()))


def recents_of(user: User, *, limit: int = MOST_RECENT) -> list[Option]:
    """Return the destinations of an agent's transfers, newest first, each once."""
    return _all_with_closed(recent_options(_search_nothing(user), without=(), limit=limit))


def _search_nothing(user: User) -> Search:
    history = AgentHistory(user)
    return Search(history, load_entries(user, history, Reading()))


def _usable(user: User, destination_type: str) -> DestinationQuerySet:
    usable = Destination.objects.usable_by(user)
    return usable.filter(destination_type=destination_type) if destination_type else usable


def _named_by(typed: Typed) -> Q:
    """Match the entries whose address the text spells, in any spelling."""
    named = Q()
    for checked in typed.known:
        named |= Q(destination_type=checked.destination_type, address=checked.address)
    return named


def _listed(found: DestinationQuerySet, history: AgentHistory, text: str, *, without: Options, limit: int) -> Options:
    shown = [option.destination_id for option in without if option.destination_id is not None]
    # Two queries: in a single one, PostgreSQL joins the entry of each match before it sorts.
    listed = ranked(found.exclude(pk__in=shown), text).values_list("pk", flat=True)
    ids = list(listed[: max(0, limit - len(without))])
    entries = Destination.objects.select_related("entry").in_bulk(ids)
    return tuple(history.option_of_entry(entries[pk], text) for pk in ids if pk in entries)


def _near(entries: DestinationQuerySet, history: AgentHistory, text: str) -> Options:
    near = near_entries(entries, text, history)
    return tuple(replace(history.option_of_entry(entry, ""), is_near=True) for entry in near)


def _with_typed(groups: list[Group], history: AgentHistory, typed: Typed, text: str) -> tuple[Group, ...]:
    """Add the typed destinations last, or first if the text can only be a number."""
    options = tuple(history.option_of_typed(checked) for checked in typed.new)
    is_first = looks_like_number(text) and any(option.checked for option in options)
    groups = [Group("typed", options), *groups] if is_first else [*groups, Group("typed", options)]
    return tuple(group for group in groups if group.options)


def _with_closed(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Add to each option whether it is closed now."""
    options = iter(_all_with_closed(tuple(option for group in groups for option in group.options)))
    return tuple(replace(group, options=tuple(islice(options, len(group.options)))) for group in groups)


def _all_with_closed(options: Options) -> list[Option]:
    closed = closed_entries({option.entry_id for option in options if option.entry_id is not None})
    return [replace(option, closed=closed.get(option.entry_id or 0)) for option in options]
