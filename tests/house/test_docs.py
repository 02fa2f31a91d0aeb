"""What the documents name exists: files, links, commands, scripts, modules, pictures and words of the code."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands

from scripts.procfile import ROOT
from scripts.take_screenshots import IMAGES, PICTURES
from tests.house.documents import DOCS, DOCUMENTS, name_of

EVERY_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)

SOURCES = ["transfers", "simulator", "scripts", "tenios_dashboard", "tests", "templates", "static"]
FOLDERS = [*SOURCES, "docs", "locale"]
SOURCE_SUFFIXES = {".py", ".html", ".js", ".css"}

WORDS_OF_OTHERS = {
    "FORWARDED_ALLOW_IPS",  # uvicorn
    "max_connections",  # PostgreSQL
    "synchronous_commit",
    "verb_noun",  # a pattern
}
"""Names with an underscore that documents use and that belong to other programs."""


def anchors_of(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@cache
def words_of_the_code() -> set[str]:
    paths = [path for source in SOURCES for path in (ROOT / source).rglob("*") if path.suffix in SOURCE_SUFFIXES]
    paths += [ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements*.in")]
    texts = [path.read_text() for path in paths if path != Path(__file__).resolve()]
    return {word for text in texts for word in re.findall(r"\w+", text)}


@EVERY_DOCUMENT
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))

    named = set(re.findall(r"(?:^    |`)(?:[A-Z_]+=\S+ )*make ([a-z-]+)", document.read_text(), flags=re.MULTILINE))

    assert named <= targets


@EVERY_DOCUMENT
def test_every_management_command_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))

    assert named <= set(get_commands())


@EVERY_DOCUMENT
def test_every_script_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"-m scripts\.(\w+)", document.read_text()))

    there = {path.stem for path in (ROOT / "scripts").glob("*.py")}
    there |= {path.parent.name for path in (ROOT / "scripts").glob("*/__main__.py")}

    assert named <= there


@EVERY_DOCUMENT
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*|[\w-]+\.(?:py|toml|txt|in))`", document.read_text())

    gone = [name for name in named if not (ROOT / name).exists() and not list((ROOT / "tests").rglob(name))]

    assert gone == []


@EVERY_DOCUMENT
def test_every_module_that_is_named_can_be_imported(document: Path) -> None:
    named = re.findall(r"`((?:transfers|simulator|scripts|tenios_dashboard)(?:\.\w+)+)`", document.read_text())

    gone = [name for name in named if not is_module_or_name_in_one(name)]

    assert gone == []


def is_module_or_name_in_one(dotted: str) -> bool:
    module, _dot, name = dotted.rpartition(".")
    try:
        return hasattr(import_module(module), name) or bool(import_module(dotted))
    except ModuleNotFoundError:
        return False


@EVERY_DOCUMENT
def test_every_name_in_backticks_is_a_word_of_the_code(document: Path) -> None:
    if document == DOCS / "tenios-api.md":  # TENIOS' words, of which the product uses a few
        return
    named = set(re.findall(r"`(\w+)(?:\(\))?`", document.read_text()))
    names = {name for name in named if "_" in name.strip("_") and not name.startswith("transferdesk_")}

    assert names - words_of_the_code() - WORDS_OF_OTHERS == set()


@EVERY_DOCUMENT
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if "://" in link or target.parent == IMAGES:
            continue
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)

    assert broken == []


def test_every_page_below_docs_is_linked_from_another_one() -> None:
    linked = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    }
    pages = [page for page in DOCUMENTS if page.is_relative_to(DOCS)]

    assert [name_of(page) for page in pages if page.resolve() not in linked] == []


@EVERY_DOCUMENT
def test_every_picture_is_one_that_make_screenshots_takes(document: Path) -> None:
    shown = [(document.parent / link).resolve() for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text())]

    assert set(shown) <= {IMAGES / f"{picture.name}.png" for picture in PICTURES}


@pytest.mark.parametrize("note", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda path: path.stem[:4])
def test_every_decision_has_a_date_a_status_a_context_a_choice_and_a_price(note: Path) -> None:
    text = note.read_text()

    assert re.match(rf"# {int(note.stem[:4])}\. \S", text)
    assert re.search(r"^Date: \d{4}-\d\d-\d\d\. Status: (accepted|superseded)\b", text, flags=re.MULTILINE)
    assert re.findall(r"^\*\*(Context|Choice|Price)\.\*\*", text, flags=re.MULTILINE) == ["Context", "Choice", "Price"]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120
