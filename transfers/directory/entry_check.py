"""What an entry must be like to be written: one judge for the form, the import and the pull of SIP users.

Longer than the house likes, for it is one judge.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from transfers.destination_policy import DestinationRefused, check_destination
from transfers.directory.entry_data import Address, DayOff, EntryData
from transfers.directory.search.text_search import by_identity
from transfers.models import Destination, DirectoryEntry, EntryKind, User, fold

LONGEST = {"name": 120, "department": 120, "note": 300, "key": 64}
LONGEST_LABEL, LONGEST_TAG, LONGEST_DAY_NAME = 40, 40, 80
MOST_TAGS, MOST_ADDRESSES, MOST_DAYS_OFF = 20, 20, 400


class EntryRefused(Exception):
    """An entry that cannot be written. `problems` says why, for a person, by the field of `EntryData`.

    A problem of a single address stands under "addresses.0", "addresses.1" …, in the order they were given.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = problems


def check_entry(data: EntryData, *, owner: User | None = None, entry: DirectoryEntry | None = None) -> EntryData:
    """Return an entry as it will be written: numbers E.164, texts and tags tidied. Raises `EntryRefused`.

    `owner` makes it a personal one; `entry` is the one that is changed, None for a new one.
    """
    tidied = tidy_entry(data)
    problems = check_texts(tidied) | check_presence(tidied) | _check_place(tidied, owner, entry)
    addresses = tuple(check_addresses(tidied.addresses, problems))
    checked = replace(tidied, addresses=addresses)
    problems |= _check_uniqueness(checked, owner, entry)
    if problems:
        raise EntryRefused(problems)
    return checked


def tidy_entry(data: EntryData) -> EntryData:
    """Return an entry with its texts, tags and days off tidied; its addresses are as they were."""
    return replace(
        data,
        name=tidy(data.name),
        department=tidy(data.department),
        note=tidy(data.note),
        key=tidy(data.key),
        tags=tidy_tags(data.tags),
        days_off=_tidy_days(data.days_off),
    )


@cache
def known_time_zones() -> frozenset[str]:
    """Return the IANA names that this machine knows."""
    return frozenset(available_timezones())


def tidy(text: str) -> str:
    """Return a text as one line without what cannot be seen or stored (PostgreSQL refuses NUL)."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cs")).split())


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags tidied, each once whatever its spelling, the first one kept."""
    kept: dict[str, str] = {}
    for tag in map(tidy, tags):
        if tag:
            kept.setdefault(fold(tag), tag)
    return tuple(kept.values())


def _tidy_days(days: Iterable[DayOff]) -> tuple[DayOff, ...]:
    named = {day.date: DayOff(day.date, tidy(day.name)[:LONGEST_DAY_NAME]) for day in days}
    return tuple(sorted(named.values()))


def check_presence(data: EntryData) -> dict[str, str]:
    """Say what an entry lacks, by the field."""
    problems = {}
    if not data.name:
        problems["name"] = _("Enter a name.")
    if not data.addresses and data.kind != EntryKind.TEAM:
        problems["addresses"] = _("Give it at least one number or SIP name.")
    return problems


def check_texts(data: EntryData) -> dict[str, str]:
    """Say which texts, tags, days and zones of a tidied entry cannot be kept, by the field."""
    problems = {}
    for field, most in LONGEST.items():
        if len(getattr(data, field)) > most:
            problems[field] = _("At most %(most)d characters.") % {"most": most}
    if len(data.tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in data.tags):
        problems["tags"] = _("At most %(tags)d tags of %(most)d characters each.") % {
            "tags": MOST_TAGS,
            "most": LONGEST_TAG,
        }
    if len(data.days_off) > MOST_DAYS_OFF:
        problems["days_off"] = _("At most %(most)d days.") % {"most": MOST_DAYS_OFF}
    if data.time_zone and data.time_zone not in known_time_zones():
        problems["time_zone"] = _("This time zone is not known. Write for example Europe/Berlin.")
    return problems


def _check_place(data: EntryData, owner: User | None, entry: DirectoryEntry | None) -> dict[str, str]:
    """Check kind, team and audience."""
    problems = {}
    if data.kind not in EntryKind.values or (owner and data.kind == EntryKind.TEAM):
        problems["kind"] = _("Choose what this entry stands for.")
    if entry and entry.kind == EntryKind.TEAM and data.kind != EntryKind.TEAM and entry.members.exists():
        problems["kind"] = _("This team has members. Take them out first.")
    if data.team_id and (owner or data.kind == EntryKind.TEAM):
        problems["team_id"] = _("Teams and personal entries belong to no team.")
    elif data.team_id and not DirectoryEntry.objects.shared().filter(pk=data.team_id, kind=EntryKind.TEAM).exists():
        problems["team_id"] = _("This team is not in the directory any more.")
    if data.audience and (owner or Group.objects.filter(pk__in=data.audience).count() < len(data.audience)):
        problems["audience"] = _("Choose groups that exist.")
    return problems


def check_addresses(addresses: Sequence[Address], problems: dict[str, str]) -> Iterator[Address]:
    """Yield addresses as they will be written; what cannot be goes into `problems` and comes as it was given."""
    if len(addresses) > MOST_ADDRESSES:
        problems["addresses"] = _("At most %(most)d addresses.") % {"most": MOST_ADDRESSES}
    seen: set[tuple[str, str]] = set()
    for index, given in enumerate(addresses[:MOST_ADDRESSES]):
        try:
            checked = check_destination(destination_type=given.destination_type, address=given.address)
        except DestinationRefused as refusal:
            problems[f"addresses.{index}"] = refusal.reason
            yield given  # keeps its place, by which a later problem is named
            continue
        if checked.identity in seen:
            problems[f"addresses.{index}"] = _("This stands here twice.")
        seen.add(checked.identity)
        yield Address(checked.destination_type, checked.address, tidy(given.label)[:LONGEST_LABEL])


def _check_uniqueness(data: EntryData, owner: User | None, entry: DirectoryEntry | None) -> dict[str, str]:
    problems = {}
    others = Destination.objects.filter(owner=owner).exclude(entry=entry).select_related("entry")
    taken = by_identity(others.filter(address__in=[each.address for each in data.addresses]))
    for index, each in enumerate(data.addresses):
        if each.identity in taken:
            name = taken[each.identity].name
            problems[f"addresses.{index}"] = _("This is in the directory already, as “%(name)s”.") % {"name": name}
    same_key = DirectoryEntry.objects.filter(key=data.key).exclude(pk=entry.pk if entry else 0)
    if data.key and (owner or same_key.exists()):
        problems["key"] = _("Another entry has this key.")
    return problems
