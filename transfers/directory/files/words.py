"""The words in cells: kinds, types, yes and no, groups, lists. Read in English and German, written in one."""

import re
from collections.abc import Iterable
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from transfers.directory.files.columns import in_all_languages, plain_word
from transfers.directory.role_names import ROLE_NAMES
from transfers.models import DestinationType, EntryKind, fold

_MORE_KINDS = {"people": "person", "mensch": "person", "queue": "team", "gruppe": "team", "leitung": "line"}
_MORE_TYPES = {
    "phone": "external_number", "number": "external_number", "telefon": "external_number", "nummer": "external_number",
    "externalnumber": "external_number", "external number": "external_number", "telefonnummer": "external_number",
    "sip": "sip_user", "sip user": "sip_user", "trunk": "sip_trunk", "sip trunk": "sip_trunk",
}  # fmt: skip
_YES = {"1", "yes", "y", "ja", "j", "true", "wahr", "x", "on", "active", "aktiv", "an"}
_NO = {"0", "no", "n", "nein", "false", "falsch", "off", "inactive", "inaktiv", "aus", "switched off", "ausgeschaltet"}

_LIST_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,;]*))(?:[,;]|$)')


class WordUnknown(ValueError):
    """The word in a cell is unknown. The message tells a person which words are known."""


def read_kind(text: str) -> str:
    """Return the kind of an entry. Raises `WordUnknown`."""
    kind = _kinds().get(plain_word(text)) or _MORE_KINDS.get(plain_word(text))
    if kind is None:
        raise _unknown(text, EntryKind.labels)
    return kind


def read_type(text: str) -> str:
    """Return the type of an address. Raises `WordUnknown`."""
    kind = _types().get(plain_word(text)) or _MORE_TYPES.get(plain_word(text))
    if kind is None:
        raise _unknown(text, DestinationType.labels)
    return kind


def read_yes(text: str) -> bool:
    """Return True for a yes, False for a no. Raises `WordUnknown`."""
    word = fold(text).strip()
    if word not in _YES | _NO:
        raise _unknown(text, [_("yes"), _("no")])
    return word in _YES


def write_yes(value: bool) -> str:
    """Write yes or no."""
    return _("yes") if value else _("no")


def read_group(text: str) -> str:
    """Return the name of a group. The product's own groups are known by their translated names as well."""
    return _roles().get(plain_word(text), text)


def write_group(name: str) -> str:
    """Write the name of a group. The product's own groups have translated names."""
    return str(ROLE_NAMES.get(name, name))


def read_list(text: str) -> list[str]:
    """Read words separated by commas or semicolons. A word in quotation marks may contain them."""
    parts = [part.group(1, 2) for part in _LIST_PART.finditer(text)]
    words = [plain.strip() if quoted is None else quoted.replace('""', '"') for quoted, plain in parts]
    return [word for word in words if word]


def write_list(words: Iterable[str]) -> str:
    """Write words in the format of `read_list`."""
    return ", ".join(f'"{word.replace(chr(34), chr(34) * 2)}"' if re.search(r'[,;"]', word) else word for word in words)


def _unknown(text: str, known: Iterable[str | Promise]) -> WordUnknown:
    words = ", ".join(str(word) for word in known)
    return WordUnknown(_("“%(word)s” is not known. Write one of: %(known)s.") % {"word": text[:80], "known": words})


@cache
def _kinds() -> dict[str, str]:
    return in_all_languages({kind.value: kind.label for kind in EntryKind})


@cache
def _types() -> dict[str, str]:
    return in_all_languages({kind.value: kind.label for kind in DestinationType})


@cache
def _roles() -> dict[str, str]:
    return in_all_languages(ROLE_NAMES)
