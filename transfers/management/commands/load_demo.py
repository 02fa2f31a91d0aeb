"""`manage.py load_demo`: the people and the directory of the demo."""

import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from transfers.management.commands._demo_data import DESTINATIONS, PEOPLE, SERVICE_NUMBERS, DemoPerson
from transfers.models import AgentAddress, Destination, Favourite, ServiceNumber, User


class Command(BaseCommand):
    """Loads what is missing. What a person has changed stays, but for the password, which is always the given one."""

    help = (
        "Loads the demo's people, service numbers and destinations. Not for production: all accounts share a password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the password from the command or, out of sight of the process list, from DEMO_PASSWORD."""
        parser.add_argument("--password", default=os.environ.get("DEMO_PASSWORD", ""), help="default: DEMO_PASSWORD")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load everything or nothing."""
        if not options["password"]:
            raise CommandError("Give the accounts a password: --password or DEMO_PASSWORD.")
        # Before the transaction: it takes so long that PostgreSQL would take it for one that hangs.
        hashed = make_password(options["password"])
        self._load(options["password"], hashed)
        self.stdout.write(f"{len(PEOPLE)} people and {Destination.objects.count()} destinations are there.")

    @transaction.atomic
    def _load(self, password: str, hashed: str) -> None:
        for number, name in SERVICE_NUMBERS.items():
            ServiceNumber.objects.get_or_create(number=number, defaults={"name": name})
        for name, kind, address, department, note in DESTINATIONS:
            Destination.objects.get_or_create(
                destination_type=kind,
                address=address,
                defaults={"name": name, "department": department, "note": note},
            )
        for person in PEOPLE:
            _load_person(person, password, hashed)


def _load_person(person: DemoPerson, password: str, hashed: str) -> None:
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
        _give_phones_and_favourites(user, person)


def _give_phones_and_favourites(user: User, person: DemoPerson) -> None:
    for address in person.phones:
        AgentAddress.objects.get_or_create(address=address, defaults={"user": user})
    for position, address in enumerate(person.favourites, start=1):
        destination = Destination.objects.filter(address=address).first()
        if destination is not None:
            Favourite.objects.create(user=user, destination=destination, position=position)
