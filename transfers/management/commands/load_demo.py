"""`manage.py load_demo`: loads the people and the directory of the demo."""

import os
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from transfers import directory
from transfers.directory import Address, DayOff, EntryData
from transfers.directory.hours.parsing import read_hours
from transfers.management.commands._demo_data import PEOPLE, SERVICE_NUMBERS, DemoPerson
from transfers.management.commands._demo_directory import ENTRIES, HOLIDAYS, TEAMS, DemoEntry
from transfers.models import (
    AgentAddress,
    Destination,
    DirectoryEntry,
    EntryKind,
    Favourite,
    Holiday,
    ServiceNumber,
    User,
)

SET_UP = "set-up"
"""The author of these changes in the directory's change log."""


class Command(BaseCommand):
    """Loads what is missing. What a person has changed stays, except the password, which is always set."""

    help = (
        "Loads the demo's people, service numbers and destinations. Not for production: all accounts share a password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the password from the option, or from DEMO_PASSWORD, which the process list does not show."""
        parser.add_argument("--password", default=os.environ.get("DEMO_PASSWORD", ""), help="default: DEMO_PASSWORD")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load everything or nothing."""
        if not options["password"]:
            raise CommandError("Give the accounts a password: --password or DEMO_PASSWORD.")
        # Before the transaction, because hashing is slow and PostgreSQL ends transactions that are idle for long.
        hashed = make_password(options["password"])
        self._load(options["password"], hashed)
        self.stdout.write(f"{len(PEOPLE)} people and {Destination.objects.count()} destinations are there.")

    @transaction.atomic
    def _load(self, password: str, hashed: str) -> None:
        for number, name in SERVICE_NUMBERS.items():
            ServiceNumber.objects.get_or_create(number=number, defaults={"name": name})
        people = {person.username: _load_account(person, password, hashed) for person in PEOPLE}
        _load_directory({user.username: user for user, _is_new in people.values()})
        for person in PEOPLE:
            user, is_new = people[person.username]
            if is_new:
                _give_phones_and_favourites(user, person)


def _load_account(person: DemoPerson, password: str, hashed: str) -> tuple[User, bool]:
    user, is_new = User.objects.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "language": person.language,
            "is_staff": person.role == "administrator",
            "password": hashed,
        },
    )
    if not is_new and not user.check_password(password):
        user.password = hashed
        user.save(update_fields=["password"])
    if is_new:
        user.groups.add(Group.objects.get(name=person.role))
    return user, is_new


def _load_directory(people: dict[str, User]) -> None:
    teams = {name: _load_team(name, department, hours) for name, department, hours in TEAMS}
    for entry in ENTRIES:
        _load_entry(entry, team=teams.get(entry.team), owner=people.get(entry.owner))
    if not Holiday.objects.filter(entry=None).exists():
        days = (DayOff(date.fromisoformat(day), name) for day, name in HOLIDAYS)
        directory.change_holidays_for_all(by=SET_UP, days_off=days)


def _load_team(name: str, department: str, hours: str) -> DirectoryEntry:
    existing = DirectoryEntry.objects.filter(kind=EntryKind.TEAM, name=name).first()
    data = EntryData(kind=EntryKind.TEAM, name=name, department=department, hours=read_hours(hours))
    return existing or directory.create_entry(by=SET_UP, data=data)


def _load_entry(entry: DemoEntry, *, team: DirectoryEntry | None, owner: User | None) -> None:
    first_type, first_address, _label = entry.addresses[0]
    if Destination.objects.filter(owner=owner, destination_type=first_type, address=first_address).exists():
        return
    data = EntryData(
        kind=entry.kind,
        name=entry.name,
        department=entry.department,
        note=entry.note,
        tags=entry.tags,
        is_active=entry.is_active,
        team_id=team.pk if team else None,
        addresses=tuple(Address(*address) for address in entry.addresses),
        hours=read_hours(entry.hours),
    )
    directory.create_entry(by=SET_UP, data=data, owner=owner)


def _give_phones_and_favourites(user: User, person: DemoPerson) -> None:
    for address in person.phones:
        AgentAddress.objects.get_or_create(address=address, defaults={"user": user})
    for position, address in enumerate(person.favourites, start=1):
        destination = Destination.objects.filter(address=address, owner=None).first()
        if destination is not None:
            Favourite.objects.create(user=user, destination=destination, position=position)
