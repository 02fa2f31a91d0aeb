"""Reads the texts of a page, and finds English ones with the catalogue of translations."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from babel.messages.catalog import Catalog

from scripts.messages.faults import PLACEHOLDER

VOID = {"br", "circle", "col", "hr", "img", "input", "link", "meta", "path", "rect", "use", "wbr"}
UNREAD = {"code", "pre", "script", "style"}
READ_ATTRIBUTES = re.compile(r"alt|aria-label|placeholder|title|data-announce-o\w+|data-why-not|data-found")
TAG = re.compile(r"<[^>]+>")
SHORTEST = 2
"""The least number of letters. The single letter of "%(seconds)s s" does not show its language."""


class Reader(HTMLParser):
    """Collects the texts and the spoken attributes of a page, except those marked with lang="en"."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_foreign = tag != "html" and ("lang", "en") in attrs
        is_read = (not self._open or self._open[-1][1]) and tag not in UNREAD and not is_foreign
        if tag not in VOID:
            self._open.append((tag, is_read))
        if is_read:
            self.texts |= {tidy(value or "") for name, value in attrs if READ_ATTRIBUTES.fullmatch(name)}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1][1]:
            self.texts.add(tidy(data))


def tidy(text: str) -> str:
    """Return the text with single spaces, as a browser shows it."""
    return " ".join(text.split())


def texts_of(html: str) -> set[str]:
    """Return all texts of a page. A text ends at each tag."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.texts - {""}


def pieces(text: str) -> Iterator[str]:
    """Yield patterns for a text of the catalogue: one for each piece between tags, with ".+" for placeholders."""
    for piece in TAG.split(text.replace("%%", "%")):
        parts = [re.escape(part) for part in PLACEHOLDER.split(tidy(piece))]
        if sum(char.isalpha() for part in parts for char in part) >= SHORTEST:
            yield ".+".join(parts)


def english_patterns(catalogue: Catalog) -> set[str]:
    """Return patterns of the English texts that are not also a German text."""
    english, german = set(), set()
    for message in catalogue:
        if message.id:
            english |= {pattern for form in forms(message.id) for pattern in pieces(form)}
            german |= {pattern for form in forms(message.string) for pattern in pieces(form)}
    return english - german


def forms(text: object) -> list[str]:
    """Return singular and plural as a list, or the one form of a text without plural."""
    return [str(form) for form in text] if isinstance(text, list | tuple) else [str(text)]


def english_in(html: str, catalogue: Catalog) -> set[str]:
    """Return the texts of a page that are English although the catalogue has a German translation."""
    known = re.compile("|".join(f"(?:{pattern})" for pattern in english_patterns(catalogue)))
    return {text for text in texts_of(html) if known.fullmatch(text)}
