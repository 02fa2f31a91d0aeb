"""Finds what is wrong with the catalogue of translations."""

import re
from pathlib import Path

from babel.messages.catalog import Message

from scripts.messages.catalogue import catalogue_path, collect, read_catalogue
from scripts.procfile import ROOT

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdifr]|\{\w*\}")


def find_faults(root: Path = ROOT) -> list[str]:
    """Return one text line for each fault of the catalogue."""
    path = catalogue_path(root)
    if not path.exists():
        return [f"{path.relative_to(root)} is missing; run: make messages"]
    known, wanted = read_catalogue(path), collect(root)
    faults = [f"superfluous: {_shown(text)}" for text in known.obsolete]
    faults += [f"superfluous: {_shown(m.id)}" for m in known if m.id and wanted.get(m.id, m.context) is None]
    for message in wanted:
        if message.id:
            faults += _faults_of(known.get(message.id, message.context), message)
    return faults


def _faults_of(translated: Message | None, wanted: Message) -> list[str]:
    name = _shown(wanted.id)
    if translated is None or translated.id != wanted.id:
        return [
            f"missing: {name} ({', '.join(sorted({file for file, _line in wanted.locations}))}); run: make messages"
        ]
    if translated.fuzzy:
        return [f"unsure (fuzzy): {name}"]
    strings = _forms(translated.string)
    if not all(strings):
        return [f"untranslated: {name}"]
    return [] if _has_same_placeholders(_forms(wanted.id), strings) else [f"placeholders differ: {name}"]


def _forms(text: object) -> list[str]:
    """Return singular and plural as a list; without a plural, the one form."""
    return [str(form or "") for form in text] if isinstance(text, tuple | list) else [str(text or "")]


def _has_same_placeholders(texts: list[str], strings: list[str]) -> bool:
    """Return whether a translation has the placeholders of its text. A singular form may omit its number."""
    last, known = _placeholders(texts[-1]), {item for text in texts for item in _placeholders(text)}
    return _placeholders(strings[-1]) == last and all(set(_placeholders(string)) <= known for string in strings)


def _placeholders(text: str) -> list[str]:
    """Return the placeholders: named ones sorted and once each, unnamed ones as they occur."""
    placeholders = PLACEHOLDER.findall(text.replace("%%", ""))
    named = sorted({item for item in placeholders if item[1] == "(" or item[1:-1].isidentifier()})
    return named + [item for item in placeholders if item not in named]


def _shown(text: object) -> str:
    return repr(_forms(text)[0])
