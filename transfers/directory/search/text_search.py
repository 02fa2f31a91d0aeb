"""How a search text matches: each of its words must be found somewhere, in any order and any spelling.

The database searches `search_text` by substring. `matches` applies the same rule to a loaded text.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from django.db.models import Case, IntegerField, Q, Value, When

from transfers.destination_policy import Identity
from transfers.destination_policy.number_spelling import search_digits
from transfers.models import Destination, DestinationQuerySet, DirectoryEntryQuerySet, fold, without_accents

LONGEST_TEXT = 200

Searched = TypeVar("Searched", DestinationQuerySet, DirectoryEntryQuerySet)


def clean_text(text: str) -> str:
    """Return a search text without characters that no entry has (PostgreSQL refuses NUL, UTF-8 lone surrogates)."""
    kept = (" " if char.isspace() else char for char in text[:LONGEST_TEXT])
    return "".join(char for char in kept if unicodedata.category(char) not in ("Cc", "Cs")).strip()


def matching(entries: Searched, text: str, *, also: Q | None = None) -> Searched:
    """Return entries whose `search_text` matches the text, and those that match `also`. An empty text matches all."""
    found = words_found(text)
    return entries.filter(found | also if found and also else found)


def words_found(text: str) -> Q:
    """Return the condition that all words of a text are found, or the number that it spells; Q() without a text."""
    found = Q()
    for spellings in _words(text):
        found &= _any(spellings)
    if digits := search_digits(text):
        found |= _any([digits])
    return found


def matches(text: str, searched: str) -> bool:
    """Tell whether a text matches one `search_text`."""
    digits = search_digits(text)
    by_words = all(any(spelling in searched for spelling in spellings) for spellings in _words(text))
    return by_words or (bool(digits) and digits in searched)


def ranked(entries: DestinationQuerySet, text: str) -> DestinationQuerySet:
    """Order by where the text is: beginning of the name, beginning of another field, elsewhere; then by name."""
    starts = [spelling for spelling in (fold(text), search_digits(text)) if spelling]
    if not starts:
        return entries.order_by("search_text", "pk")
    field_begins = _any([f"\n{start}" for start in starts])
    rank = Case(
        When(search_text__startswith=starts[0], then=Value(0)),
        When(field_begins, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return entries.order_by(rank, "search_text", "pk")


def by_identity(destinations: Iterable[Destination]) -> dict[Identity, Destination]:
    """Return destinations by type and address. Of several with the same, an active one wins, then a personal one."""
    known = sorted(destinations, key=lambda each: (each.is_active, each.owner_id is not None))
    return {each.identity: each for each in known}


def name_rank(name: str, text: str) -> int:
    """Rank a name: 0 it begins with the text, 1 one of its words does, 2 it contains the text, 3 it does not.

    For an empty text all names rank 0, so the order of the favourites' keys decides.
    """
    folded, wanted = fold(name), fold(text)
    if folded.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in folded.split()):
        return 1
    return 2 if wanted in folded else 3


def name_parts(name: str, text: str) -> tuple[tuple[str, bool], ...]:
    """Cut a name into (part, is_match) for highlighting, e.g. (("Re", True), ("chnungsklärung", False))."""
    chars = list(unicodedata.normalize("NFC", name))
    found: set[int] = set()
    for spell in (_fold_char, _bare_char):
        spelt = [spell(char) for char in chars]
        origin = [position for position, part in enumerate(spelt) for _ in part]
        for spellings in _words(text):
            for spelling in spellings:
                found.update(origin[hit] for hit in _hits("".join(spelt), spelling))
    return _parts(chars, found)


# A list of names has thousands of letters, and few different ones.
_fold_char = lru_cache(maxsize=1_024)(fold)
_bare_char = lru_cache(maxsize=1_024)(without_accents)


@lru_cache(maxsize=256)
def _words(text: str) -> tuple[tuple[str, ...], ...]:
    """Return for each word the spellings of which one must be found: the folded word, and the digits of a number.

    A number with blanks is one word: otherwise the 9 of "+49 221 9" would match every number with a 9.
    """
    if " " in text and (digits := search_digits(text)):
        return ((digits,),)
    words = [(fold(word), search_digits(word)) for word in text.split()]
    return tuple(tuple(filter(None, spellings)) for spellings in words if any(spellings))


def _any(spellings: Iterable[str]) -> Q:
    found = Q()
    for spelling in spellings:
        found |= Q(search_text__contains=spelling)
    return found


def _hits(spelt: str, word: str) -> list[int]:
    positions: list[int] = []
    start = spelt.find(word)
    while start >= 0:
        positions.extend(range(start, start + len(word)))
        start = spelt.find(word, start + 1)
    return positions


def _parts(chars: list[str], found: set[int]) -> tuple[tuple[str, bool], ...]:
    parts: list[tuple[str, bool]] = []
    for position, char in enumerate(chars):
        is_match = position in found
        if parts and parts[-1][1] == is_match:
            parts[-1] = (parts[-1][0] + char, is_match)
        else:
            parts.append((char, is_match))
    return tuple(parts)
