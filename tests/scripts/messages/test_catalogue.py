"""The catalogue of translations: collected, updated, compiled."""

import gettext
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo

from scripts.messages.catalogue import catalogue_path, compile_catalogues, update
from scripts.procfile import ROOT
from tests.scripts.messages.translating import translate, translate_all


def test_texts_of_code_and_templates_are_collected(project: Path) -> None:
    text = update(project).read_text()

    for msgid in ("Call board", "Sent to %(name)s", "Sign in", "Own call", "Good day, %(who)s, it's"):
        assert f'msgid "{msgid}' in text
    assert text.count('msgid "Transfer"') == 2
    assert 'msgctxt "verb"' in text
    assert 'msgctxt "noun"' in text
    assert 'msgid_plural "%(n)d calls"' in text
    assert "Only a test" not in text


def test_catalogue_names_files_but_no_line_numbers_dates_or_machines(project: Path) -> None:
    text = update(project).read_text()

    assert "#: transfers/views.py\n" in text
    assert "Date" not in text
    assert str(project) not in text


def test_second_update_changes_nothing(project: Path) -> None:
    translate_all(project)
    before = catalogue_path(project).read_text()

    update(project)

    assert catalogue_path(project).read_text() == before


def test_update_keeps_translations_and_removes_texts_that_are_gone(project: Path) -> None:
    update(project)
    translate(project, "Call board", to="Anrufe")
    translate(project, "Sign in", to="Anmelden")
    (project / "templates" / "page.html").write_text("")

    text = update(project).read_text()

    assert 'msgid "Call board"\nmsgstr "Anrufe"' in text
    assert "Sign in" not in text
    assert "Anmelden" not in text


def test_compiled_catalogue_translates(project: Path) -> None:
    translate_all(project)

    compile_catalogues(project)

    german = gettext.translation("django", project / "locale", languages=["de"])
    assert german.gettext("Sign in") == "Anmelden"
    assert german.ngettext("%(n)d call", "%(n)d calls", 1) == "ein Anruf"
    assert german.pgettext("verb", "Transfer") == "Übergabe"


def test_two_programs_can_compile_at_the_same_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translate_all(project)
    statement = "import sys, pathlib, scripts.messages.catalogue as m; m.compile_catalogues(pathlib.Path(sys.argv[1]))"

    def compile_elsewhere_first(*draft: Any) -> None:
        subprocess.run([sys.executable, "-c", statement, str(project)], cwd=ROOT, check=True)  # noqa: S603
        write_mo(*draft)

    monkeypatch.setattr("scripts.messages.catalogue.write_mo", compile_elsewhere_first)

    (compiled,) = compile_catalogues(project)

    assert list(compiled.parent.glob("*.mo")) == [compiled]
