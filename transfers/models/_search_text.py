"""The folded text by which the directory is searched: the same fold for what is stored and for what is typed.

A stored text has one line for each spelling of each field, and the folded name first. So sorting by it sorts by name,
as a German dictionary does, in the same way on both databases. A line break before a word marks the start of a field.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers

_SPELT_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe", "å": "aa", "ł": "l", "đ": "d"}
)


def fold(text: str) -> str:
    """Return lower case without accents, umlauts spelt out: "Müller" and "Mueller" both become "mueller"."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return without_accents(composed.translate(_SPELT_OUT))


def without_accents(text: str) -> str:
    """Return lower case with every accent dropped: "Müller" becomes "muller", as people type it."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return re.sub(r"[^0-9]", "", text)


def search_text(
    *,
    address: str,
    is_number: bool,
    name: str = "",
    label: str = "",
    department: str = "",
    tags: Iterable[str] = (),
    note: str = "",
) -> str:
    """Return the text by which a destination is found. For a number (E.164) it includes the national digits."""
    addresses = [digits_of(address), _national_digits(address)] if is_number else _spellings(address)
    others = [spelling for text in (label, department, *tags, note) for spelling in _spellings(text)]
    lines = [*_spellings(name), *addresses, *others]
    return "\n".join(line for line in lines if line)


def entry_search_text(*, name: str, department: str = "", tags: Iterable[str] = (), note: str = "") -> str:
    """Return the text by which an entry is found, without its addresses."""
    return "\n".join(line for text in (name, department, *tags, note) for line in _spellings(text) if line)


@lru_cache(maxsize=1024)
def _spellings(text: str) -> tuple[str, ...]:
    """Return the spellings of a text. Cached, because an entry and its addresses need the same ones."""
    one_line = " ".join(text.split())
    return tuple(dict.fromkeys([fold(one_line), without_accents(one_line)]))


def _national_digits(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    return digits_of(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))
