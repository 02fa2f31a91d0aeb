"""Where a number belongs: its country, and the place of a fixed line, in the reader's language."""

from functools import lru_cache
from pathlib import Path

from babel import Locale
from django.utils.translation import get_language

PLACE_NAMES = Path(__file__).with_name("place_names.tsv")
LONGEST_PREFIX = 9

Place = tuple[str, str]  # in English, in German


@lru_cache(maxsize=1)
def _places() -> dict[str, Place]:
    lines = PLACE_NAMES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {row[0]: (row[1], row[-1]) for row in rows}


def place_of(number: str) -> str:
    """Return the place of a number (E.164) in the reader's language, e.g. "Köln"; "" for an unknown place.

    The table has the prefixes of Germany, Austria and Switzerland (scripts/gather_places.py).
    """
    digits = number.removeprefix("+")
    for length in range(LONGEST_PREFIX, 2, -1):
        if place := _places().get(digits[:length]):
            return place[(get_language() or "").startswith("de")]
    return ""


def country_name(region: str) -> str:
    """Return the name of a country (ISO 3166, e.g. "DE") in the reader's language."""
    territories = Locale.parse(get_language() or "en", sep="-").territories
    return str(territories.get(region, region))
