"""Applying what was looked at and ticked: each user in a transaction of its own, so that one refusal holds up no other.

What is applied is what was shown: a token names it, with the version of the entry. Whatever has changed since is left
alone and said.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.db import transaction

from transfers import directory
from transfers.directory import Address, EntryData
from transfers.directory.editing import MANAGE
from transfers.directory.sip_users.comparison import Facts, Kind, facts_from
from transfers.directory.sip_users.review import ReviewItem, count_waiting, read_item
from transfers.models import DestinationType, EntryKind, SipUser, SipUserFetch, User


@dataclass
class Outcome:
    """What came of it: how many were `done`, how many had changed since they were shown, who was refused and why."""

    done: int = 0
    changed_meanwhile: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


class _ItemChanged(Exception):
    """What was shown is not what is there now."""


def apply_items(tokens: Iterable[str], *, by: User) -> Outcome:
    """Let the directory follow TENIOS in these items. Raises `EntryNotFound` without the right to the directory."""
    return _each(tokens, lambda item: _apply(item, by=by))


def keep_items(tokens: Iterable[str], *, by: User) -> Outcome:
    """Leave the directory as it is in these items, for good: what TENIOS says now counts as seen and not wanted.

    Raises `EntryNotFound` without the right to the directory. No entry changes, so nothing is recorded.
    """
    if not by.has_perm(MANAGE):
        raise directory.EntryNotFound
    return _each(tokens, _keep)


def _each(tokens: Iterable[str], act: Callable[[ReviewItem], None]) -> Outcome:
    outcome = Outcome()
    for token in dict.fromkeys(tokens):
        try:
            with transaction.atomic():
                act(_item_of(token))
            outcome.done += 1
        except (directory.EntryChangedMeanwhile, _ItemChanged):
            outcome.changed_meanwhile += 1
        except directory.EntryRefused as refusal:
            name = SipUser.objects.get(pk=token.partition("-")[0]).told["name"]
            outcome.refused.append((name, " ".join(refusal.problems.values())))
    SipUserFetch.objects.update(waiting_count=count_waiting())
    return outcome


def _item_of(token: str) -> ReviewItem:
    number = token.partition("-")[0]
    item = read_item(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if item is None or item.token != token:
        raise _ItemChanged
    return item


def _apply(item: ReviewItem, *, by: User) -> None:
    if item.kind in (Kind.NEW, Kind.LEFT_OUT):
        entry = directory.create_entry(by=by, data=_new_data(item))
    elif item.entry and item.kind in (Kind.GONE, Kind.CHANGED):
        data = _followed_data(directory.read_data(item.entry), item)
        entry = directory.change_entry(by=by, entry_id=item.entry.pk, version=item.entry.version, data=data)
    else:
        return
    SipUser.objects.filter(pk=item.row.pk).update(entry=entry, followed=_after(item).as_json())


def _keep(item: ReviewItem) -> None:
    SipUser.objects.filter(pk=item.row.pk).update(followed=_after(item).as_json())


def _after(item: ReviewItem) -> Facts:
    """Return what counts as followed after a decision: in the fields that it was about, what TENIOS says."""
    if item.row.followed is None or item.entry is None:
        return item.told
    decided = {each.field: each.told for each in item.finding.follows}
    return replace(facts_from(item.row.followed), **decided)


def _new_data(item: ReviewItem) -> EntryData:
    return EntryData(kind=EntryKind.PERSON.value, name=item.told.name, addresses=(_address(item),))


def _address(item: ReviewItem) -> Address:
    return Address(DestinationType.SIP_USER.value, item.row.user_name, item.told.label)


def _followed_data(data: EntryData, item: ReviewItem) -> EntryData:
    """Return an entry with what follows TENIOS and everything else as it is."""
    for difference in item.finding.follows:
        if difference.field == "name":
            data = replace(data, name=difference.told)
        elif difference.field == "label":
            data = replace(data, addresses=_relabelled(data, item))
        elif difference.told:
            data = _there_again(data, item)
        else:
            data = _taken_out(data, item)
    return data


def _relabelled(data: EntryData, item: ReviewItem) -> tuple[Address, ...]:
    own = _address(item)
    return tuple(own if each.identity == own.identity else each for each in data.addresses)


def _taken_out(data: EntryData, item: ReviewItem) -> EntryData:
    """Switch the entry off; one with further addresses loses this one only, for the others still lead somewhere."""
    others = tuple(each for each in data.addresses if each.identity != _address(item).identity)
    return replace(data, addresses=others) if others else replace(data, is_active=False)


def _there_again(data: EntryData, item: ReviewItem) -> EntryData:
    own = _address(item)
    if all(each.identity != own.identity for each in data.addresses):
        return replace(data, addresses=(*data.addresses, own))
    return replace(data, is_active=True)
