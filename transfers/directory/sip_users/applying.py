"""Applies what a person has ticked: each user in a transaction of its own, so that a refusal affects nobody else.

A token identifies an item as it was shown, with the version of the entry. An item that has changed since is skipped and
counted.
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
    """How many items were `done`, how many had changed since they were shown, and who was refused and why."""

    done: int = 0
    changed_meanwhile: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


class _ItemChanged(Exception):
    """The item is no longer as it was shown."""


def apply_items(tokens: Iterable[str], *, by: User) -> Outcome:
    """Take these items over into the directory. Raises `EntryNotFound` without the permission."""
    return _each(tokens, lambda item: _apply(item, by=by))


def keep_items(tokens: Iterable[str], *, by: User) -> Outcome:
    """Decide against these items: the directory stays as it is, and they are not shown again.

    Raises `EntryNotFound` without the permission. No entry changes, so nothing is recorded.
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
            name = SipUser.objects.get(pk=token.partition("-")[0]).remote["name"]
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
        data = _merged_data(directory.read_data(item.entry), item)
        entry = directory.change_entry(by=by, entry_id=item.entry.pk, version=item.entry.version, data=data)
    else:
        return
    SipUser.objects.filter(pk=item.row.pk).update(entry=entry, base=_base_after(item).as_json())


def _keep(item: ReviewItem) -> None:
    SipUser.objects.filter(pk=item.row.pk).update(base=_base_after(item).as_json())


def _base_after(item: ReviewItem) -> Facts:
    """Return the base after a decision: it takes over TENIOS' value of each field that was decided."""
    if item.row.base is None or item.entry is None:
        return item.remote
    decided = {each.field: each.remote for each in item.finding.follows}
    return replace(facts_from(item.row.base), **decided)


def _new_data(item: ReviewItem) -> EntryData:
    return EntryData(kind=EntryKind.PERSON.value, name=item.remote.name, addresses=(_address(item),))


def _address(item: ReviewItem) -> Address:
    return Address(DestinationType.SIP_USER.value, item.row.user_name, item.remote.label)


def _merged_data(data: EntryData, item: ReviewItem) -> EntryData:
    """Return an entry with the fields that follow TENIOS; everything else stays."""
    for difference in item.finding.follows:
        if difference.field == "name":
            data = replace(data, name=difference.remote)
        elif difference.field == "label":
            data = replace(data, addresses=_relabelled(data, item))
        elif difference.remote:
            data = _there_again(data, item)
        else:
            data = _taken_out(data, item)
    return data


def _relabelled(data: EntryData, item: ReviewItem) -> tuple[Address, ...]:
    own = _address(item)
    return tuple(own if each.identity == own.identity else each for each in data.addresses)


def _taken_out(data: EntryData, item: ReviewItem) -> EntryData:
    """Switch the entry off. If it has other addresses, remove only this one: the others still work."""
    others = tuple(each for each in data.addresses if each.identity != _address(item).identity)
    return replace(data, addresses=others) if others else replace(data, is_active=False)


def _there_again(data: EntryData, item: ReviewItem) -> EntryData:
    own = _address(item)
    if all(each.identity != own.identity for each in data.addresses):
        return replace(data, addresses=(*data.addresses, own))
    return replace(data, is_active=True)
