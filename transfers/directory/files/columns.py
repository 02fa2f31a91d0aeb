"""The names of the columns in a file: written in the reader's language, read in English and German.

A column is a field of an entry, or a part of an address. `address 1`, `type 1` and `label 1` together are an address,
and so on to 20. `number`, `mobile`, `sip_user` and `sip_trunk` are for tables made by hand.
"""

import re
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from transfers.directory.entry_check import MOST_ADDRESSES
from transfers.models import fold

FIELD_HEADS: dict[str, str | Promise] = {
    "key": gettext_lazy("Key"),
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "department": gettext_lazy("Department"),
    "team": gettext_lazy("Team"),
    "tags": gettext_lazy("Tags"),
    "note": gettext_lazy("Note"),
    "hours": gettext_lazy("Opening hours"),
    "time_zone": gettext_lazy("Time zone"),
    "days_off": gettext_lazy("Closed on"),
    "audience": gettext_lazy("Who may use it"),
    "is_active": gettext_lazy("Active"),
}
"""The columns of every export, in order, before those of the addresses."""

ADDRESS_HEADS: dict[str, str | Promise] = {
    "address": gettext_lazy("Address"),
    "type": pgettext_lazy("of an address", "Type"),
    "label": gettext_lazy("Label"),
}
"""The columns of each address, numbered from 1."""

SIMPLE_ADDRESSES: dict[str, str] = {
    "number": "external_number",
    "mobile": "external_number",
    "sip_user": "sip_user",
    "sip_trunk": "sip_trunk",
}
"""Columns with addresses of a single type: the type by column."""

_OTHER_HEADS: dict[str, str] = {
    "key": "id; external id; externe id; kennung; personalnummer; staff number; key for imports; schlüssel für importe",
    "name": "full name; vollständiger name; anzeigename; display name",
    "kind": "type; typ; entry type",
    "department": "bereich; dept",
    "tags": "tag; skills; skill; fähigkeiten; kenntnisse; stichwörter; stichworte; schlagworte",
    "note": "notes; notiz; bemerkung; kommentar; comment; note for agents; hinweis für agenten",
    "team": "gruppe; group",
    "hours": "hours; reachable; erreichbar; erreichbarkeit; zeiten; servicezeiten",
    "time_zone": "timezone",
    "days_off": "days off; holidays; feiertage; geschlossen",
    "audience": "audience; für wen; sichtbar für; visible to",
    "is_active": "enabled; state; status; freigegeben",
    "number": "number; phone; phone number; telephone; tel; landline; nummer; telefon; telefonnummer; rufnummer",
    "mobile": "mobile; mobile number; mobile phone; cell; cell phone; mobil; mobilnummer; mobiltelefon; handy",
    "sip_user": "sip user; sip; sip name; sip benutzer; sip benutzername; sip teilnehmer",
    "sip_trunk": "sip trunk; trunk",
}
"""Other names that people use for these columns."""

_NUMBERED = re.compile(r"(.+?) ?([0-9]{1,2})")


def column_of(head: str) -> str:
    """Return the column of a head: a field, one of `SIMPLE_ADDRESSES`, "address 3", "type 3"; "" if unknown."""
    word = plain_word(head)
    if word in _fields_by_word():
        return _fields_by_word()[word]
    found = _NUMBERED.fullmatch(word)
    base, number = (found.group(1), int(found.group(2))) if found else (word, 1)
    part = _parts_by_word().get(base, "")
    if not 1 <= number <= MOST_ADDRESSES or not part or (part != "address" and not found):
        return ""
    return f"{part} {number}"


def is_known(head: str) -> bool:
    """Tell whether a head is the name of a column."""
    return bool(column_of(head))


def head_of(column: str) -> str:
    """Return the head of a column (as `column_of` returns it) in the reader's language."""
    part, _space, number = column.partition(" ")
    if number:
        return f"{ADDRESS_HEADS[part]} {number}"
    simple = {
        "number": _("Phone number"),
        "mobile": _("Mobile"),
        "sip_user": _("SIP user"),
        "sip_trunk": _("SIP trunk"),
    }
    return simple.get(column) or str(FIELD_HEADS[column])


@cache
def _fields_by_word() -> dict[str, str]:
    words = {plain_word(word): field for field, others in _OTHER_HEADS.items() for word in others.split(";")}
    return words | in_all_languages(FIELD_HEADS)


@cache
def _parts_by_word() -> dict[str, str]:
    return {"typ": "type", "art": "type", "kind": "type", "adresse": "address"} | in_all_languages(ADDRESS_HEADS)


def in_all_languages(words: dict[str, str | Promise]) -> dict[str, str]:
    """Return the meaning of each word, by its `plain_word` in each language of the product."""
    spelt: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            spelt |= {plain_word(str(word)): meaning for meaning, word in words.items()}
    return spelt


def plain_word(word: str) -> str:
    """Return a word for comparison: lower case, umlauts spelt out, without punctuation."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(word)).split())
