"""What the picker offers for a text beside the directory: the number, SIP user or SIP trunk that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
    """The destinations that a text names: `new` ones, and those `known` to the directory.

    `refusal` says why the text cannot be used as what it seems to be, else "". It is passing when it is no more than
    what every text goes through while it is typed, and so not worth showing beside what was found. `for_supervisor` is
    the refused number (E.164) when a supervisor may agree to it, else "".
    """

    new: tuple[CheckedDestination, ...] = ()
    known: tuple[CheckedDestination, ...] = ()
    refusal: str = ""
    is_refusal_passing: bool = False
    for_supervisor: str = ""


@dataclass(frozen=True)
class Reading:
    """A text, read as each type it may be meant as; `destination_type` narrows to one, empty means all."""

    text: str = ""
    destination_type: str = ""
    checked: tuple[CheckedDestination, ...] = ()
    refusals: tuple[DestinationRefused, ...] = ()


def read_text(text: str, destination_type: str = "") -> Reading:
    """Read a text; an empty one names nothing."""
    read: list[CheckedDestination] = []
    refusals: list[DestinationRefused] = []
    for candidate in _candidate_types(text, destination_type):
        try:
            read.append(check_destination(destination_type=candidate, address=text))
        except DestinationRefused as refusal:
            refusals.append(refusal)
    if refusals and refusals[0].code not in PASSING and not destination_type:
        read = []  # what is refused as a number, like 110, is not offered as a SIP name instead, unless asked for
    return Reading(text, destination_type, tuple(read), tuple(refusals))


def apart_from_directory(reading: Reading, held: Mapping[Identity, Destination]) -> Typed:
    """Offer nothing the directory holds, nor a SIP name that it holds as the other type, unless that is asked for.

    `held` has what it holds with these addresses for the person who asks: what is hidden from them is as good as none.
    """
    typed = _apart_from_directory(reading, held)
    if typed.refusal or not reading.refusals:
        return typed
    first = reading.refusals[0]
    return replace(
        typed,
        refusal=first.reason,
        is_refusal_passing=first.code in PASSING,
        for_supervisor=_number_for_supervisor(reading.text) if first.may_be_agreed_to else "",
    )


def _number_for_supervisor(text: str) -> str:
    try:
        number = check_destination(destination_type=DestinationType.EXTERNAL_NUMBER, address=text, is_agreed=True)
    except DestinationRefused:
        return ""
    return number.address


def _candidate_types(text: str, destination_type: str) -> list[str]:
    """List the types a text may be meant as. A SIP name with blanks, or written like a number, must be asked for."""
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


def _apart_from_directory(reading: Reading, held: Mapping[Identity, Destination]) -> Typed:
    held_names = {address for kind, address in held if kind in SIP_TYPES}
    known = [checked for checked in reading.checked if checked.identity in held]
    others = [checked for checked in reading.checked if checked.identity not in held]
    new = [checked for checked in others if reading.destination_type or checked.address not in held_names]
    switched_off = [held[checked.identity].name for checked in known if not held[checked.identity].is_active]
    refusal = _("%(name)s is switched off in the directory.") % {"name": switched_off[0]} if switched_off else ""
    return Typed(new=tuple(new), known=tuple(known), refusal=refusal)
