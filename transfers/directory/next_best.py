"""Alternatives after a failed transfer: destinations like the failed one, open now and allowed."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone

from transfers.destination_policy import DestinationRefused, Identity, check_destination
from transfers.directory.hours.opening import timetables_of
from transfers.directory.search.agent_history import AgentHistory
from transfers.directory.search.likely import Options
from transfers.directory.search.text_search import by_identity
from transfers.models import Destination, DirectoryEntry, Transfer, TransferState, User, fold

MOST_OFFERED = 3
COMPARED = 60
"""How many addresses of a large department are compared, the agent's own ones first."""
USED_COMPARED = 50
UNLIKE = 4

FAILED_THERE = frozenset({TransferState.NOT_ANSWERED, TransferState.REJECTED, TransferState.NOT_EXECUTED})
"""The states of a transfer whose destination should not be tried again."""


def next_best(*, user: User, transfer: Transfer) -> Options:
    """Return up to three destinations to try after a failed transfer, the closest first.

    Order: another address of the same entry; entries with a tag and the department in common; a tag; the department.
    Among equals, those that the agent uses come first. Agents who are away come last. Only destinations that this
    agent may use, that the number rules allow, that are open now and that have not failed for this call. Empty if the
    failed destination is not in the directory, or if the transfer failed for another reason.
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
    history = AgentHistory(user)
    alike = _alike(user, failed.entry, history)
    found = _open_now(_allowed(alike, without=_failed_for_call(transfer)))
    ranked = sorted(found, key=lambda each: _distance(each.entry, failed.entry))
    options = [history.option_of_entry(each, "") for each in ranked if _distance(each.entry, failed.entry) < UNLIKE]
    return tuple(sorted(options, key=lambda option: option.is_away)[:MOST_OFFERED])


def _alike(user: User, entry: DirectoryEntry, history: AgentHistory) -> list[Destination]:
    """Return addresses of the same entry, of entries with one of its tags, and of its department."""
    tagged = Q()
    for tag in entry.tags:
        tagged |= Q(search_text__contains=f"\n{fold(tag)}")
    same_department = Q(entry__department=entry.department) if entry.department else Q()
    kinds = [kind for kind in (Q(entry=entry), tagged, same_department) if kind]
    alike = Q()
    for kind in kinds:
        alike |= kind
    used = [address for _, address in list(history.last_uses)[:USED_COMPARED]]
    closeness = Case(
        *(When(kind, then=Value(rank)) for rank, kind in enumerate(kinds)),
        default=Value(len(kinds)),
        output_field=IntegerField(),
    )
    is_used = Case(
        When(Q(address__in=used) | Q(pk__in=list(history.positions)), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    usable = Destination.objects.usable_by(user)
    return list(usable.filter(alike).order_by(closeness, is_used, "search_text", "pk")[:COMPARED])


def _distance(entry: DirectoryEntry, failed: DirectoryEntry) -> int:
    """Return how far an entry is from the failed one. The query has only compared the beginnings of tags."""
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
    """Leave out what has failed for this call, and what the number rules refuse."""
    return [each for each in destinations if each.identity not in without and _is_allowed(each)]


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
