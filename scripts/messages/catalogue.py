"""The catalogue of translations: collected from the sources, updated, compiled.

It is sorted and has no dates and no line numbers, so that a difference is always a changed text.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from scripts.messages.python_texts import Text, texts_in_python
from scripts.procfile import ROOT

LANGUAGE = "de"
SOURCE_FOLDERS = ("tenios_dashboard", "transfers", "simulator", "templates")
TEMPLATE_SUFFIXES = {".html", ".txt"}
IGNORED_FOLDERS = {"migrations", "__pycache__"}
HEADER_COMMENT = "# German texts of Transferdesk. `make messages` keeps this file in line with the sources."
IGNORED_HEADERS = (
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Last-Translator",
    "Language-Team",
)
# The calls that `templatize` writes.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}


def catalogue_path(root: Path = ROOT) -> Path:
    """Return the path of the German catalogue."""
    return root / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def collect(root: Path = ROOT) -> Catalog:
    """Return every text to translate in code and templates below `root`, each with the files that have it."""
    catalogue = Catalog(locale=LANGUAGE, charset="utf-8", header_comment=HEADER_COMMENT)
    for path in _sources(root):
        for text in _texts_in(path):
            catalogue.add(text.message, locations=[(path.relative_to(root).as_posix(), 1)], context=text.context)
    return catalogue


def _sources(root: Path) -> list[Path]:
    files = [path for folder in SOURCE_FOLDERS for path in (root / folder).rglob("*") if path.is_file()]
    sources = [path for path in files if path.suffix == ".py" or path.suffix in TEMPLATE_SUFFIXES]
    return sorted(path for path in sources if not IGNORED_FOLDERS & set(path.relative_to(root).parts))


def _texts_in(path: Path) -> Iterator[Text]:
    source = path.read_text()
    if path.suffix not in TEMPLATE_SUFFIXES:
        yield from texts_in_python(source)
        return
    # Django converts the template to Python calls, indented as in the template: Python would not accept that.
    calls = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    for line, message, _comments, context in extract("python", io.BytesIO(calls.encode()), keywords=KEYWORDS):
        yield Text(line, message, context)


def update(root: Path = ROOT) -> Path:
    """Rewrite the catalogue: add new texts, keep translations, remove texts that are no longer in the sources."""
    path, catalogue = catalogue_path(root), collect(root)
    if path.exists():
        known = read_catalogue(path)
        for message in catalogue:
            before = known.get(message.id, message.context) if message.id else None
            if before is not None and before.id == message.id:
                message.string = before.string
                message.user_comments = before.user_comments
                message.flags |= before.flags & {"fuzzy"}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_as_text(catalogue))
    return path


def _as_text(catalogue: Catalog) -> str:
    catalogue.fuzzy = False
    output = io.BytesIO()
    write_po(output, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = output.getvalue().decode().splitlines()
    kept = [line for line in lines if not line.startswith(tuple(f'"{name}:' for name in IGNORED_HEADERS))]
    return "\n".join(kept).rstrip("\n") + "\n"


def read_catalogue(path: Path) -> Catalog:
    """Read a catalogue file."""
    with path.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write the .mo file beside each catalogue; return these files. Unsure (fuzzy) translations are left out."""
    written = []
    for path in sorted((root / "locale").glob("*/LC_MESSAGES/django.po")):
        # Write a draft, then rename it: no process reads half a file, and two that compile have a draft each.
        target, draft = path.with_suffix(".mo"), path.with_suffix(f".{os.getpid()}.mo")
        with draft.open("wb") as output:
            write_mo(output, read_catalogue(path))
        draft.replace(target)
        written.append(target)
    return written
