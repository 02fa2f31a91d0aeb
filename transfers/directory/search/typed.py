"""The destinations that a typed text spells, beside the directory: a number, a SIP user or a SIP trunk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from transfers.destination_policy import CheckedDestination, DestinationRefused, Identity, check_destination
from transfers.destination_policy.number_spelling import begins_like_number, looks_like_number
from transfers.models import Destination, DestinationType

FEWEST_CHARACTERS = 2
FEWEST_DIGITS = 5
PASSING = {"no_area_code", "too_short", "not_a_number", "letters"}
SIP_TYPES = (DestinationType.SIP_USER, DestinationType.SIP_TRUNK)


@dataclass(frozen=True)
class Typed:
    """The destinations that a text spells: `new` ones, and those `known` to the directory.

    `refusal` says why the text cannot be used, or is "". `is_refusal_passing`: every text gets this refusal while it is
    typed, so it need not be shown beside results. `for_supervisor` is the refused number (E.164) if a supervisor may
    agree to it, else "".
    """

    new: tuple[CheckedDestination, ...] = ()
    known: tuple[CheckedDestination, ...] = ()
    refusal: str = ""
    is_refusal_passing: bool = False
    for_supervisor: str = ""


@dataclass(frozen=True)
class Reading:
    """A text, checked as each type it can be. `destination_type` narrows to one type, "" means all."""

    text: str = ""
    destination_type: str = ""
    checked: tuple[CheckedDestination, ...] = ()
    refusals: tuple[DestinationRefused, ...] = ()


def read_text(text: str, destination_type: str = "") -> Reading:
    """Check a text as each type it can be. An empty text spells nothing."""
    checked: list[CheckedDestination] = []
    refusals: list[DestinationRefused] = []
    for candidate in _candidate_types(text, destination_type):
        try:
            checked.append(check_destination(destination_type=candidate, address=text))
        except DestinationRefused as refusal:
            refusals.append(refusal)
    if refusals and refusals[0].code not in PASSING and not destination_type:
        checked = []  # a refused number like 110 is not offered as a SIP name, unless the agent chose that type
    return Reading(text, destination_type, tuple(checked), tuple(refusals))


def separate_known(reading: Reading, directory: Mapping[Identity, Destination]) -> Typed:
    """Separate the destinations that the directory has from the new ones.

    `directory` has the entries, active or not, that this agent may see; hidden ones count as absent.
    """
    known = tuple(each for each in reading.checked if each.identity in directory)
    new = tuple(_new_destinations(reading, directory))
    if refusal := _switched_off([directory[each.identity] for each in known]):
        return Typed(new, known, refusal)
    if not reading.refusals:
        return Typed(new, known)
    first = reading.refusals[0]
    for_supervisor = _number_for_supervisor(reading.text) if first.may_be_agreed_to else ""
    return Typed(new, known, first.reason, first.code in PASSING, for_supervisor)


def _new_destinations(reading: Reading, directory: Mapping[Identity, Destination]) -> Iterable[CheckedDestination]:
    """Return what is not in the directory.

    A SIP name that the directory has as the other SIP type is left out, unless the agent chose a type.
    """
    sip_names = {address for kind, address in directory if kind in SIP_TYPES}
    new = [each for each in reading.checked if each.identity not in directory]
    return new if reading.destination_type else [each for each in new if each.address not in sip_names]


def _switched_off(known: Iterable[Destination]) -> str:
    inactive = next((each for each in known if not each.is_active), None)
    return _("%(name)s is switched off in the directory.") % {"name": inactive.name} if inactive else ""


def _number_for_supervisor(text: str) -> str:
    try:
        number = check_destination(destination_type=DestinationType.EXTERNAL_NUMBER, address=text, is_agreed=True)
    except DestinationRefused:
        return ""
    return number.address


def _candidate_types(text: str, destination_type: str) -> list[str]:
    """List the types that a text can be. A SIP name with blanks, or one like a number, needs a chosen type."""
    types: list[str] = []
    is_number = looks_like_number(text) or sum(char.isdigit() for char in text) >= FEWEST_DIGITS
    if is_number and destination_type in ("", DestinationType.EXTERNAL_NUMBER):
        types.append(DestinationType.EXTERNAL_NUMBER)
    if len(text) < FEWEST_CHARACTERS:
        return types
    if destination_type in SIP_TYPES:
        return [destination_type]
    if not destination_type and " " not in text and not begins_like_number(text):
        types.extend(SIP_TYPES)
    return types
