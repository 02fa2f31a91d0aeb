"""How a text is written: with digits, dashes, prefixes. Whether it is a number is not judged here."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

FEWEST_DIGITS_ALONE = 3

RUN = re.compile(r"(?:[+(\[][+(\[ ]*)?[0-9](?:[0-9 ()\[\]/.\-]*[0-9])?[)\]]?")
"""Digits with the characters that people write between them."""

_UNFINISHED = " -/.(["
_TEL_LINK = re.compile(r"\s*tel:(?://)?", re.IGNORECASE)
_ASCII = str.maketrans("＋﹢（）／⁄∕．−", "++()///.-")


# Cached because a search calls this with the same text for each option that it shows.
@lru_cache(maxsize=1_024)
def tidy(text: str) -> str:
    """Return a text with every digit, dash and space as ASCII, without a leading "tel:" and unfinished ends.

    Invisible characters are removed. A superscript 2 is not a digit.
    """
    link = _TEL_LINK.match(text)
    bare = unquote(text[link.end() :]) if link else text
    return "".join(map(_tidy_char, bare)).translate(_ASCII).strip().rstrip(_UNFINISHED)


def _tidy_char(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return {"Pd": "-", "Zs": " ", "Cf": ""}.get(category, char)


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return re.sub(r"[^0-9]", "", text)


def has_prefix(run: str) -> bool:
    """Tell whether a number is written with an area or country code: it begins with 0 or +."""
    return "+" in run or digits_of(run).startswith("0")


def looks_like_number(text: str) -> bool:
    """Tell whether a text looks like a number: a tel link, digits that begin with + or 0, or at least three digits."""
    run = tidy(text)
    return begins_like_number(text) or (bool(RUN.fullmatch(run)) and len(digits_of(run)) >= FEWEST_DIGITS_ALONE)


def begins_like_number(text: str) -> bool:
    """Tell whether a text is a tel link, or digits that begin with + or 0. SIP names seldom look like this."""
    run = tidy(text)
    return bool(_TEL_LINK.match(text)) or (bool(RUN.fullmatch(run)) and has_prefix(run))


def search_digits(text: str) -> str:
    """Return the digits to search for, as E.164 or the national form begins: without +, 00, (0). Empty for other texts.

    >>> search_digits("+49 (0)221/47")
    '4922147'
    """
    run = tidy(text)
    if not RUN.fullmatch(run):
        return ""
    is_international = "+" in run or run.startswith("00")
    return digits_of(run.replace("(0)", "") if is_international else run).removeprefix("00")
