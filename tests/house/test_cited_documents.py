"""A document that the code cites exists, and so does the heading or the section that is cited."""

import re
from pathlib import Path

import pytest

from scripts.procfile import ROOT

FOLDERS = ["transfers", "simulator", "scripts", "tenios_dashboard", "tests", "templates", "static"]
CITATION = re.compile(r'docs/((?:[\w-]+/)?[\w-]+(?:\.md)?)(?:, "([^"]+)"| §(\d+))?')


def citations() -> list[tuple[str, str, str, str]]:
    paths = [
        path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html", ".js"}
    ]
    return [
        (str(path.relative_to(ROOT)), *cited)
        for path in paths
        if not path.is_relative_to(ROOT / "tests" / "house")
        for cited in CITATION.findall(path.read_text())
        if cited[0] != "images"
    ]


def found(name: str) -> Path | None:
    """Return the document; a decision may be cited by its number."""
    return next(iter((ROOT / "docs").glob(name if name.endswith(".md") else f"{name}*.md")), None)


@pytest.mark.parametrize(("source", "name", "heading", "number"), citations())
def test_what_the_code_cites_exists(source: str, name: str, heading: str, number: str) -> None:
    document = found(name)
    assert document, f"{source} cites docs/{name}"

    headings = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)

    assert not heading or heading in headings
    assert not number or any(each.startswith(f"{number}.") for each in headings)
