"""What the columns of a file are called, in English and German: written in the reader's language, read in both.

A column is a field of an entry, or one of several addresses. `address 1`, `type 1` and `label 1` spell an address with
all that belongs to it, and so on to 20; `number`, `mobile`, `sip_user` and `sip_trunk` are for tables made by hand.
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
"""The columns of every export, in their order; those of the addresses come after them."""

ADDRESS_HEADS: dict[str, str | Promise] = {
    "address": gettext_lazy("Address"),
    "type": pgettext_lazy("of an address", "Type"),
    "label": gettext_lazy("Label"),
}
"""What each address has, numbered from 1."""

SIMPLE_ADDRESSES: dict[str, str] = {
    "number": "external_number",
    "mobile": "external_number",
    "sip_user": "sip_user",
    "sip_trunk": "sip_trunk",
}
"""Columns that hold addresses of one type: the column, the type."""

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
"""Names that people give these columns, beside ours."""

_NUMBERED = re.compile(r"(.+?) ?([0-9]{1,2})")


def column_of(head: str) -> str:
    """Return the column that a head names, "" for none: a field, one of `SIMPLE_ADDRESSES`, "address 3", "type 3"."""
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
    """Tell whether a head names a column."""
    return bool(column_of(head))


def head_of(column: str) -> str:
    """Write a column as `column_of` returns it, in the reader's language."""
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
    """Return what each word means, by its plain spelling in each language of the product."""
    spelt: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            spelt |= {plain_word(str(word)): meaning for meaning, word in words.items()}
    return spelt


def plain_word(word: str) -> str:
    """Return a word as it is compared: lower case, umlauts spelt out, without signs."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", fold(word)).split())
