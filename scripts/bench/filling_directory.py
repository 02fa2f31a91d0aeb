"""A large directory, and what one would search in it."""

from transfers.models import Destination, DestinationType, DirectoryEntry, EntryKind

_FIRST = (
    "Anna",
    "Bernd",
    "Clara",
    "Dirk",
    "Erika",
    "Frank",
    "Greta",
    "Hannes",
    "Ida",
    "Jürgen",
    "Karin",
    "Lars",
    "Maria",
    "Norbert",
    "Özlem",
    "Paul",
)
_LAST = (
    "Müller",
    "Schmidt",
    "Weber",
    "Fischer",
    "Wagner",
    "Becker",
    "Schäfer",
    "Hoffmann",
    "Koch",
    "Richter",
    "Klein",
    "Wolf",
    "Braun",
    "Krüger",
)
_DEPARTMENTS = ["Vertrieb", "Technik", "Buchhaltung", "Reklamation", "Versand", "Einkauf"]

SEARCHES = ("", "m", "mue", "müller", "anna weber", "buchh", "vertrieb klein", "3023", "sip.12", "xyzzy")
"""As typed: nothing, letter by letter, a name, two words, a department, digits, a SIP name, nothing that is there."""


def directory(count: int) -> list[str]:
    """Make so many entries, half with a number and half with a SIP name; return what to search."""
    entries = [
        DirectoryEntry(
            kind=EntryKind.PERSON,
            name=f"{_FIRST[number % len(_FIRST)]} {_LAST[number * 7 % len(_LAST)]} {number}",
            department=_DEPARTMENTS[number % len(_DEPARTMENTS)],
        )
        for number in range(count)
    ]
    for entry in entries:
        entry.renew_search_text()
    made = DirectoryEntry.objects.bulk_create(entries, batch_size=1_000)
    Destination.objects.bulk_create((_address(number, entry) for number, entry in enumerate(made)), batch_size=1_000)
    return list(SEARCHES)


def _address(number: int, entry: DirectoryEntry) -> Destination:
    if number % 2:
        return Destination(entry=entry, destination_type=DestinationType.SIP_USER, address=f"sip.{number}")
    address = f"+4930231{number:05d}"
    return Destination(entry=entry, destination_type=DestinationType.EXTERNAL_NUMBER, address=address)
