"""The search that allows one typing error. It runs only if the text itself matches nothing."""

import re
from functools import lru_cache

from django.db.models import Q

from transfers.directory.search.agent_history import AgentHistory
from transfers.directory.search.one_typo import can_have_typo, is_nearly, whole_parts
from transfers.directory.search.text_search import words_found
from transfers.models import Destination, DestinationQuerySet, fold, without_accents

CANDIDATES = 2_000
"""How many addresses are compared one by one at most: the halves of a short word are in many names."""
MOST_SHOWN = 8


class _Guess:
    """The assumption that one word of the text has a typing error and the `others` have none."""

    def __init__(self, word: str, others: str) -> None:
        self.others = others
        self.spellings = {fold(word), without_accents(word)}
        self._parts = {part for spelling in self.spellings for part in whole_parts(spelling)}
        # Most words contain none of the parts; one regular expression excludes them quickly.
        self._has_part = re.compile("|".join(map(re.escape, self._parts))).search
        # The same words are in many entries: each is compared once per search.
        self.is_meant = lru_cache(maxsize=None)(self._is_meant)

    def _is_meant(self, found: str) -> bool:
        return bool(self._has_part(found)) and any(is_nearly(found, spelling) for spelling in self.spellings)

    def condition(self) -> Q:
        """Match candidates: they contain an unharmed part of the wrong word, and all other words."""
        shortest = {part for part in self._parts if not any(other in part for other in self._parts - {part})}
        has_part = Q()
        for part in sorted(shortest):
            has_part |= Q(search_text__contains=part)
        return has_part & words_found(self.others)


def near_entries(entries: DestinationQuerySet, text: str, history: AgentHistory) -> list[Destination]:
    """Return at most `MOST_SHOWN` addresses that match the text with one typing error.

    Likely ones come first (see `AgentHistory.likelihood`), then by where the word is: at the beginning of the name, in
    the name, elsewhere.
    """
    ranked: dict[int, tuple[int, int, str, int]] = {}
    for guess in _guesses(text):
        candidates = entries.filter(guess.condition()).order_by("pk")
        rows = candidates.values_list("pk", "destination_type", "address", "search_text")[:CANDIDATES]
        for pk, kind, address, searched in rows:
            meant = next(filter(guess.is_meant, searched.split()), None)
            if meant is not None:
                rank = (history.likelihood((kind, address), pk), _rank(searched, meant), searched, pk)
                ranked[pk] = min(rank, ranked.get(pk, rank))
    ids = [pk for *_, pk in sorted(ranked.values())[:MOST_SHOWN]]
    found = Destination.objects.select_related("entry").in_bulk(ids) if ids else {}
    return [found[pk] for pk in ids if pk in found]


def _guesses(text: str) -> list[_Guess]:
    words = text.split()
    return [
        _Guess(word, others=" ".join([*words[:place], *words[place + 1 :]]))
        for place, word in enumerate(words)
        if can_have_typo(without_accents(word))
    ]


def _rank(searched: str, meant: str) -> int:
    place = searched.find(meant)
    if place == 0:
        return 0
    return 1 if "\n" not in searched[:place] else 2
