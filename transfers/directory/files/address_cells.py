"""The addresses of a row: from numbered columns with type and label, or from columns that hold one type each."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from transfers.directory.entry_check import MOST_ADDRESSES
from transfers.directory.entry_data import Address
from transfers.directory.files.columns import SIMPLE_ADDRESSES, head_of
from transfers.directory.files.words import WordUnknown, read_type
from transfers.models import DestinationType

_SHORTENED = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
_BETWEEN_NUMBERS, _BETWEEN_NAMES = re.compile(r"[;\r\n]+"), re.compile(r"[\r\n]+")


@dataclass(frozen=True)
class GivenAddress:
    """An address of a row. `column` is the head of its column. For `keeps_label` see `readings`."""

    address: Address
    column: str
    keeps_label: bool


def types_of(by_column: dict[str, str]) -> list[str]:
    """Return the types of address that a file has columns for: all if they are numbered."""
    if any(column.startswith("address ") for column in by_column):
        return [str(kind) for kind in DestinationType.values]
    return sorted({kind for column, kind in SIMPLE_ADDRESSES.items() if column in by_column})


def read_addresses(by_column: dict[str, str], problems: list[str]) -> list[GivenAddress]:
    """Return the addresses of a row in order, as they are written. Problems are added to `problems`."""
    given = [*_numbered(by_column, problems), *_simple(by_column)]
    shortened = [each for each in given if _SHORTENED.fullmatch(each.address.address)]
    problems += [
        _("%(column)s: the spreadsheet has shortened this number to “%(cell)s”. Format the column as text.")
        % {"column": each.column, "cell": each.address.address}
        for each in shortened
    ]
    return [each for each in given if each not in shortened]


def _numbered(by_column: dict[str, str], problems: list[str]) -> list[GivenAddress]:
    given = []
    for number in range(1, MOST_ADDRESSES + 1):
        text, type_text = by_column.get(f"address {number}", ""), by_column.get(f"type {number}", "")
        if not text:
            continue
        column = head_of(f"address {number}")
        try:
            kind = read_type(type_text) if type_text else str(DestinationType.EXTERNAL_NUMBER)
        except WordUnknown as unknown:
            problems.append(f"{head_of(f'type {number}')}: {unknown}")
            continue
        label = by_column.get(f"label {number}")
        given.append(GivenAddress(Address(kind, text, label or ""), column, keeps_label=label is None))
    return given


def _simple(by_column: dict[str, str]) -> list[GivenAddress]:
    """Read columns of one type. A cell can have several on separate lines; numbers also separated by semicolons."""
    given = []
    for column, kind in SIMPLE_ADDRESSES.items():
        between = _BETWEEN_NUMBERS if kind == DestinationType.EXTERNAL_NUMBER else _BETWEEN_NAMES
        for text in map(str.strip, between.split(by_column.get(column, ""))):
            if text:
                label = head_of("mobile") if column == "mobile" else ""
                given.append(GivenAddress(Address(kind, text, label), head_of(column), keeps_label=True))
    return given
