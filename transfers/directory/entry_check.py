"""The rules for entries, the same for the form, the import and the SIP users."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from transfers.destination_policy import DestinationRefused, check_destination
from transfers.directory.entry_data import Address, EntryData
from transfers.directory.search.text_search import by_identity
from transfers.directory.tidying import tidy, tidy_entry
from transfers.models import Destination, DirectoryEntry, EntryKind, User

LONGEST = {"name": 120, "department": 120, "note": 300, "key": 64}
LONGEST_LABEL, LONGEST_TAG = 40, 40
MOST_TAGS, MOST_ADDRESSES, MOST_DAYS_OFF = 20, 20, 400


class EntryRefused(Exception):
    """The entry cannot be saved. `problems` has texts for people, by the field of `EntryData`.

    The problem of a single address has the key "addresses.0", "addresses.1" …, by the position of the address.
    """

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = problems


def check_entry(data: EntryData, *, owner: User | None = None, entry: DirectoryEntry | None = None) -> EntryData:
    """Return an entry as it will be saved: numbers as E.164, texts and tags tidy. Raises `EntryRefused`.

    `owner` is set for a personal entry. `entry` is the entry that is changed, None for a new one.
    """
    tidied = tidy_entry(data)
    problems = check_texts(tidied) | check_presence(tidied) | _check_place(tidied, owner, entry)
    addresses = tuple(check_addresses(tidied.addresses, problems))
    checked = replace(tidied, addresses=addresses)
    problems |= _check_uniqueness(checked, owner, entry)
    if problems:
        raise EntryRefused(problems)
    return checked


@cache
def known_time_zones() -> frozenset[str]:
    """Return the IANA names of time zones that this machine knows."""
    return frozenset(available_timezones())


def check_presence(data: EntryData) -> dict[str, str]:
    """Return a problem for each missing field."""
    problems = {}
    if not data.name:
        problems["name"] = _("Enter a name.")
    if not data.addresses and data.kind != EntryKind.TEAM:
        problems["addresses"] = _("Give it at least one number or SIP name.")
    return problems


def check_texts(data: EntryData) -> dict[str, str]:
    """Return a problem for each text, list or time zone of a tidy entry that cannot be stored."""
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
    problems = {
        "kind": _kind_problem(data, owner, entry),
        "team_id": _team_problem(data, owner),
        "audience": _audience_problem(data, owner),
    }
    return {field: problem for field, problem in problems.items() if problem}


def _kind_problem(data: EntryData, owner: User | None, entry: DirectoryEntry | None) -> str:
    if entry and entry.kind == EntryKind.TEAM and data.kind != EntryKind.TEAM and entry.members.exists():
        return _("This team has members. Take them out first.")
    if data.kind not in EntryKind.values or (owner and data.kind == EntryKind.TEAM):
        return _("Choose what this entry stands for.")
    return ""


def _team_problem(data: EntryData, owner: User | None) -> str:
    if not data.team_id:
        return ""
    if owner or data.kind == EntryKind.TEAM:
        return _("Teams and personal entries belong to no team.")
    teams = DirectoryEntry.objects.shared().filter(kind=EntryKind.TEAM)
    return "" if teams.filter(pk=data.team_id).exists() else _("This team is not in the directory any more.")


def _audience_problem(data: EntryData, owner: User | None) -> str:
    if not data.audience:
        return ""
    are_valid = not owner and Group.objects.filter(pk__in=data.audience).count() == len(data.audience)
    return "" if are_valid else _("Choose groups that exist.")


def check_addresses(addresses: Sequence[Address], problems: dict[str, str]) -> Iterator[Address]:
    """Yield addresses as they will be saved. A refused one is yielded unchanged, and its problem goes to `problems`."""
    if len(addresses) > MOST_ADDRESSES:
        problems["addresses"] = _("At most %(most)d addresses.") % {"most": MOST_ADDRESSES}
    seen: set[tuple[str, str]] = set()
    for index, given in enumerate(addresses[:MOST_ADDRESSES]):
        try:
            checked = check_destination(destination_type=given.destination_type, address=given.address)
        except DestinationRefused as refusal:
            problems[f"addresses.{index}"] = refusal.reason
            yield given  # keeps its position, which is part of the key of later problems
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
