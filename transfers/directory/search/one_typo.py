"""Words that differ by one typing error: a letter too many, missing or wrong, or two neighbours swapped.

One error leaves one half of a word unchanged, or swaps the two letters where the halves meet. So a database finds the
candidates by three substrings, and `is_nearly` compares only at places that contain one of them.
"""

from collections.abc import Iterator

FEWEST_LETTERS = 4
FEWEST_LETTERS_INSIDE = 6
"""A shorter word must match the beginning of a word: four letters with an error are inside too many words."""


def can_have_typo(word: str) -> bool:
    """Tell whether a word (folded) is long enough to be recognised with an error."""
    return sum(char.isalpha() for char in word) >= FEWEST_LETTERS


def whole_parts(word: str) -> tuple[str, str, str]:
    """Return three substrings. A text that contains the word with one error contains at least one of them."""
    middle = len(word) // 2
    swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return word[:middle], word[middle:], swapped


def is_nearly(found: str, word: str) -> bool:
    """Tell whether `found`, a word of an entry, contains `word` with at most one error. Both are folded.

    `found` may be longer, because the agent may still be typing.
    """
    parts = whole_parts(word)
    if len(found) < len(word) - 1 or not any(part in found for part in parts):
        return False
    starts = {start for start in _starts(found, *parts) if _may_begin(found, start, word)}
    return any(_begins_nearly(found, start, word) for start in starts)


def _starts(found: str, head: str, tail: str, swapped: str) -> Iterator[int]:
    yield from _hits(found, head)
    yield from _hits(found, swapped)
    for hit in _hits(found, tail):
        begins = hit - len(head)
        yield from (start for start in (begins - 1, begins, begins + 1) if start >= 0)


def _hits(text: str, part: str) -> Iterator[int]:
    hit = text.find(part)
    while hit >= 0:
        yield hit
        hit = text.find(part, hit + 1)


def _may_begin(found: str, start: int, word: str) -> bool:
    return len(word) >= FEWEST_LETTERS_INSIDE or start == 0 or not found[start - 1].isalnum()


def _begins_nearly(found: str, start: int, word: str) -> bool:
    """Compare from the first different letter: after one of the four errors, the rest must be equal."""
    same = start
    while same < len(found) and same - start < len(word) and found[same] == word[same - start]:
        same += 1
    rest, word_rest = found[same:], word[same - start :]
    return (
        rest.startswith(word_rest[1:])  # one too many, or none is wrong
        or rest[1:].startswith((word_rest, word_rest[1:]))  # one is missing, or a wrong letter
        or (rest[:2] == word_rest[1::-1] and rest[2:].startswith(word_rest[2:]))
    )
