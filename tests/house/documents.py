"""Reads the documents of the project: which there are, their sections, and what the tables in them list."""

import re
from pathlib import Path

from scripts.procfile import ROOT

DOCS = ROOT / "docs"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def name_of(document: Path) -> str:
    """Return the path of a document as a person writes it."""
    return str(document.relative_to(ROOT))


def section(document: Path, heading: str) -> str:
    """Return the text below a heading, up to the next heading of the same level or a higher one."""
    text = document.read_text()
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, flags=re.MULTILINE)
    assert start, f"{name_of(document)} has no heading {heading!r}"
    level = len(start.group(1))
    return re.split(rf"^#{{1,{level}}} ", text[start.end() :], flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Return the cells of each row of the tables of a text, without the heads."""
    lines = re.findall(r"^\|(.+)\|$", text, flags=re.MULTILINE)
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
    rules = {number for number, row in enumerate(cells) if set("".join(row)) == {"-"}}
    return [row for number, row in enumerate(cells) if number not in rules and number + 1 not in rules]


def listed(text: str) -> list[str]:
    """Return what is in backticks in the first column of the tables of a text, in order."""
    return [name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])]


def documents_listing(names: set[str]) -> set[str]:
    """Return the documents with a table that lists one of these names."""
    return {name_of(document) for document in DOCUMENTS if names & set(listed(document.read_text()))}
