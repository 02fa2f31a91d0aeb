"""Where else a caller could go when a transfer has failed: what is like its destination, open now and allowed."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone

from transfers.destination_policy import DestinationRefused, Identity, check_destination
from transfers.directory.hours.opening import timetables_of
from transfers.directory.search.likely import Options
from transfers.directory.search.options import Memory, Option
from transfers.directory.search.text_search import by_identity
from transfers.models import Destination, DirectoryEntry, Transfer, TransferState, User, fold

MOST_OFFERED = 3
LOOKED_AT = 60
"""Of a large department so many are looked at, the agent's own ones first."""
USED_LOOKED_AT = 50
UNLIKE = 4

FAILED_THERE = frozenset({TransferState.NOT_ANSWERED, TransferState.REJECTED, TransferState.NOT_EXECUTED})
"""The ends of a transfer after which its destination is not the one to try next."""


def next_best(*, user: User, transfer: Transfer) -> Options:
    """Return up to three destinations to try after a transfer that failed at its destination, most likely first.

    First another address of the same entry, then what shares a tag and its department, a tag, its department; among
    equals what the agent uses; who is away comes last. Only what this agent may use, the policy allows and is open
    now, and nothing that failed for this call. Empty when the directory does not hold the destination, and when it was
    not the destination that failed.
    """
    if transfer.state not in FAILED_THERE:
        return ()
    failed = by_identity(
        Destination.objects.visible_to(user).filter(
            destination_type=transfer.destination_type, address=transfer.destination
        )
    ).get((transfer.destination_type, transfer.destination))
    if failed is None:
        return ()
    memory = Memory(user)
    alike = _alike(user, failed.entry, memory)
    found = _open_now(_allowed(alike, without=_failed_for_call(transfer)))
    ranked = sorted(found, key=lambda each: _distance(each.entry, failed.entry))
    options = [memory.option_of_entry(each, "") for each in ranked if _distance(each.entry, failed.entry) < UNLIKE]
    return tuple(sorted(options, key=_is_away)[:MOST_OFFERED])


def _is_away(option: Option) -> bool:
    """Tell whether TENIOS says that nobody is there: such ones come last."""
    return option.availability is not None and option.availability.is_away


def _alike(user: User, entry: DirectoryEntry, memory: Memory) -> list[Destination]:
    """Return the addresses of the same entry, with one of its tags, or of its department."""
    tagged = Q()
    for tag in entry.tags:
        tagged |= Q(search_text__contains=f"\n{fold(tag)}")
    same_department = Q(entry__department=entry.department) if entry.department else Q()
    kinds = [kind for kind in (Q(entry=entry), tagged, same_department) if kind]
    alike = Q()
    for kind in kinds:
        alike |= kind
    used = [address for _, address in list(memory.last_uses)[:USED_LOOKED_AT]]
    closeness = Case(
        *(When(kind, then=Value(rank)) for rank, kind in enumerate(kinds)),
        default=Value(len(kinds)),
        output_field=IntegerField(),
    )
    is_used = Case(
        When(Q(address__in=used) | Q(pk__in=list(memory.positions)), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    usable = Destination.objects.active().visible_to(user)
    return list(usable.filter(alike).order_by(closeness, is_used, "search_text", "pk")[:LOOKED_AT])


def _distance(entry: DirectoryEntry, failed: DirectoryEntry) -> int:
    """Tell how far an entry is from the one that failed; the database has only seen that a tag begins alike."""
    if entry.pk == failed.pk:
        return 0
    shares_department = bool(failed.department) and entry.department == failed.department
    if {fold(tag) for tag in entry.tags} & {fold(tag) for tag in failed.tags}:
        return 1 if shares_department else 2
    return 3 if shares_department else UNLIKE


def _failed_for_call(transfer: Transfer) -> set[Identity]:
    tried = transfer.call.transfers.filter(state__in=FAILED_THERE).values_list("destination_type", "destination")
    return {(transfer.destination_type, transfer.destination), *tried}


def _allowed(destinations: Iterable[Destination], *, without: set[Identity]) -> list[Destination]:
    """Leave out what failed for the call already, and what the policy refuses today."""
    return [each for each in destinations if (each.destination_type, each.address) not in without and _is_allowed(each)]


def _is_allowed(destination: Destination) -> bool:
    try:
        check_destination(destination_type=destination.destination_type, address=destination.address)
    except DestinationRefused:
        return False
    return True


def _open_now(destinations: list[Destination]) -> list[Destination]:
    entries = {each.entry_id for each in destinations}
    tables = timetables_of(DirectoryEntry.objects.filter(pk__in=entries).select_related("team")) if entries else {}
    now = timezone.now()
    return [each for each in destinations if tables[each.entry_id].is_open(now)]
