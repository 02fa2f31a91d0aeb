"""What a text with one typing error may mean. It is asked only when the text as it stands finds nothing."""

import re
from functools import lru_cache

from django.db.models import Q

from transfers.directory.search.one_typo import can_have_typo, is_nearly, whole_parts
from transfers.directory.search.options import Memory
from transfers.directory.search.text_search import words_found
from transfers.models import Destination, DestinationQuerySet, fold, without_accents

CANDIDATES = 2_000
"""How many addresses are looked at one by one, at most: the halves of a short word stand in many names."""
MOST_SHOWN = 8


class _Reading:
    """A text of which one word may be wrong: its spellings are looked for, the `others` must be right."""

    def __init__(self, word: str, others: str) -> None:
        self.others = others
        self.spellings = {fold(word), without_accents(word)}
        self._parts = {part for spelling in self.spellings for part in whole_parts(spelling)}
        # Most words have none of the parts, and one expression tells so for all of them.
        self._has_part = re.compile("|".join(map(re.escape, self._parts))).search
        # The same words stand in many entries: each is compared once for a search.
        self.is_meant = lru_cache(maxsize=None)(self._is_meant)

    def _is_meant(self, found: str) -> bool:
        return bool(self._has_part(found)) and any(is_nearly(found, spelling) for spelling in self.spellings)

    def condition(self) -> Q:
        """Let the database find candidates: what an error leaves whole of the wrong word, the others as they are."""
        shortest = {part for part in self._parts if not any(other in part for other in self._parts - {part})}
        has_part = Q()
        for part in sorted(shortest):
            has_part |= Q(search_text__contains=part)
        return has_part & words_found(self.others)


def near_entries(entries: DestinationQuerySet, text: str, memory: Memory) -> list[Destination]:
    """Return at most `MOST_SHOWN` addresses that a text with one wrong word finds.

    The agent's own come first (see `Memory.likelihood`), then names that begin so, then names, then the rest.
    """
    ranked: dict[int, tuple[int, int, str, int]] = {}
    for reading in _readings(text):
        candidates = entries.filter(reading.condition()).order_by("pk")
        rows = candidates.values_list("pk", "destination_type", "address", "search_text")[:CANDIDATES]
        for pk, kind, address, searched in rows:
            meant = next(filter(reading.is_meant, searched.split()), None)
            if meant is not None:
                rank = (memory.likelihood((kind, address), pk), _rank(searched, meant), searched, pk)
                ranked[pk] = min(rank, ranked.get(pk, rank))
    ids = [pk for *_, pk in sorted(ranked.values())[:MOST_SHOWN]]
    found = Destination.objects.select_related("entry").in_bulk(ids) if ids else {}
    return [found[pk] for pk in ids if pk in found]


def _readings(text: str) -> list[_Reading]:
    words = text.split()
    return [
        _Reading(word, others=" ".join([*words[:place], *words[place + 1 :]]))
        for place, word in enumerate(words)
        if can_have_typo(without_accents(word))
    ]


def _rank(searched: str, meant: str) -> int:
    place = searched.find(meant)
    if place == 0:
        return 0
    return 1 if "\n" not in searched[:place] else 2
