"""Reads a page as a person does, and finds the English on it by the catalogue of translations."""

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
"""Letters. What is left of "%(seconds)s s" says nothing about its language."""


class Reader(HTMLParser):
    """Gathers what a person reads or hears: texts and spoken attributes, but not what is marked as English."""

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
    """Return the text with single, plain spaces, as a browser lays it out."""
    return " ".join(text.split())


def texts_of(html: str) -> set[str]:
    """Return all texts of a page, each as one piece between two tags."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.texts - {""}


def pieces(text: str) -> Iterator[str]:
    """Yield a catalogue text as pages show it: cut at its tags, as a pattern with anything for its placeholders."""
    for piece in TAG.split(text.replace("%%", "%")):
        parts = [re.escape(part) for part in PLACEHOLDER.split(tidy(piece))]
        if sum(char.isalpha() for part in parts for char in part) >= SHORTEST:
            yield ".+".join(parts)


def english_patterns(catalogue: Catalog) -> set[str]:
    """Return the English texts whose German differs, without those that are German for something else."""
    english, german = set(), set()
    for message in catalogue:
        if message.id:
            english |= {pattern for form in forms(message.id) for pattern in pieces(form)}
            german |= {pattern for form in forms(message.string) for pattern in pieces(form)}
    return english - german


def forms(text: object) -> list[str]:
    """Return singular and plural as a list; of a text without plural, the one form."""
    return [str(form) for form in text] if isinstance(text, list | tuple) else [str(text)]


def english_in(html: str, catalogue: Catalog) -> set[str]:
    """Return the texts of a page that are English although the catalogue has them in German."""
    known = re.compile("|".join(f"(?:{pattern})" for pattern in english_patterns(catalogue)))
    return {text for text in texts_of(html) if known.fullmatch(text)}
