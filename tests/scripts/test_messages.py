"""The catalogue of translations: gathered, kept, compiled, and every fault named."""

import gettext
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo

from scripts.message_catalogue import catalogue_path, compile_catalogues, update
from scripts.message_faults import find_faults
from scripts.procfile import ROOT
from scripts.python_texts import texts_in_python

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

A = gettext_lazy("Call board")
def texts(count, name):
    sent = _("Sent to %(name)s") % {"name": name}
    return sent, ngettext("%(n)d call", "%(n)d calls", count), pgettext("verb", "Transfer")
"""
TEMPLATE = """{% load i18n %}
<p title="{% translate 'Sign in' %}">{% blocktranslate trimmed with who=user.name %}
    Good day,
    {{ who }}, it's "late" — 100%
{% endblocktranslate %}</p>
{% blocktranslate count n=calls|length %}{{ n }} call{% plural %}{{ n }} calls{% endblocktranslate %}
{% translate "Transfer" context "noun" %}
        {% include "x.html" with label=_("Own call") %}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("tests", "templates", "tenios_dashboard", "transfers"):
        (tmp_path / folder).mkdir()
    (tmp_path / "transfers" / "views.py").write_text(PYTHON)
    (tmp_path / "tests" / "test_x.py").write_text(
        'from django.utils.translation import gettext as _\n_("Only a test")\n'
    )
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def translate(project: Path, msgid: str, *, to: str) -> None:
    path = catalogue_path(project)
    text = path.read_text()
    assert f'msgid "{msgid}"\nmsgstr ""' in text
    path.write_text(text.replace(f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{to}"'))


def translate_all(project: Path) -> None:
    update(project)
    path = catalogue_path(project)
    for msgid, german in {
        "Call board": "Anrufe",
        "Own call": "Eigener Anruf",
        "Sent to %(name)s": "An %(name)s gesendet",
        "Sign in": "Anmelden",
        "Transfer": "Übergabe",
        'Good day, %(who)s, it\'s \\"late\\" — 100%%': "Guten Tag, %(who)s, es ist spät — 100%%",
    }.items():
        translate(project, msgid, to=german)
    plural = 'msgstr[0] ""\nmsgstr[1] ""'
    path.write_text(path.read_text().replace(plural, 'msgstr[0] "ein Anruf"\nmsgstr[1] "%(n)s Anrufe"', 1))
    path.write_text(path.read_text().replace(plural, 'msgstr[0] "ein Anruf"\nmsgstr[1] "%(n)s Anrufe"', 1))


def test_texts_of_code_and_templates_are_gathered(project: Path) -> None:
    text = update(project).read_text()

    for msgid in ("Call board", "Sent to %(name)s", "Sign in", "Own call", "Good day, %(who)s, it's"):
        assert f'msgid "{msgid}' in text
    assert text.count('msgid "Transfer"') == 2
    assert 'msgctxt "verb"' in text
    assert 'msgctxt "noun"' in text
    assert 'msgid_plural "%(n)d calls"' in text
    assert "Only a test" not in text


def test_the_catalogue_names_files_but_no_lines_dates_or_machines(project: Path) -> None:
    text = update(project).read_text()

    assert "#: transfers/views.py\n" in text
    assert "Date" not in text
    assert str(project) not in text


def test_a_second_update_changes_nothing(project: Path) -> None:
    translate_all(project)
    before = catalogue_path(project).read_text()

    update(project)

    assert catalogue_path(project).read_text() == before


def test_an_update_keeps_translations_and_drops_texts_that_are_gone(project: Path) -> None:
    update(project)
    translate(project, "Call board", to="Anrufe")
    translate(project, "Sign in", to="Anmelden")
    (project / "templates" / "page.html").write_text("")

    text = update(project).read_text()

    assert 'msgid "Call board"\nmsgstr "Anrufe"' in text
    assert "Sign in" not in text
    assert "Anmelden" not in text


def test_a_complete_catalogue_has_no_fault(project: Path) -> None:
    translate_all(project)
    path = catalogue_path(project)
    path.write_text(path.read_text().replace("%(n)s Anrufe", "%(n)d Anrufe", 1))

    assert find_faults(project) == []


def test_a_project_without_catalogue_is_told_how_to_make_one(project: Path) -> None:
    assert find_faults(project) == ["locale/de/LC_MESSAGES/django.po is missing; run: make messages"]


@pytest.mark.parametrize(
    ("german", "fault"),
    [
        ("", "untranslated: 'Sent to %(name)s'"),
        ("Gesendet", "placeholders differ: 'Sent to %(name)s'"),
        ("An %(nmae)s gesendet", "placeholders differ: 'Sent to %(name)s'"),
        ("An %(name)s und %(name)s", None),
    ],
)
def test_each_fault_of_a_translation_is_named(project: Path, german: str, fault: str | None) -> None:
    update(project)
    if german:
        translate(project, "Sent to %(name)s", to=german)

    faults = [line for line in find_faults(project) if "Sent to" in line]

    assert faults == ([fault] if fault else [])


def test_an_unsure_translation_is_a_fault(project: Path) -> None:
    update(project)
    translate(project, "Sign in", to="Einloggen")
    path = catalogue_path(project)
    path.write_text(path.read_text().replace('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"'))

    assert "unsure (fuzzy): 'Sign in'" in find_faults(project)


def test_a_new_text_and_a_text_that_is_gone_are_faults(project: Path) -> None:
    update(project)
    view = project / "transfers" / "views.py"
    view.write_text(view.read_text().replace("Call board", "Live calls"))

    faults = find_faults(project)

    assert "superfluous: 'Call board'" in faults
    assert "missing: 'Live calls' (transfers/views.py); run: make messages" in faults


def test_the_compiled_catalogue_translates(project: Path) -> None:
    translate_all(project)

    compile_catalogues(project)

    german = gettext.translation("django", project / "locale", languages=["de"])
    assert german.gettext("Sign in") == "Anmelden"
    assert german.ngettext("%(n)d call", "%(n)d calls", 1) == "ein Anruf"
    assert german.pgettext("verb", "Transfer") == "Übergabe"


def test_a_program_that_compiles_meanwhile_is_in_nobodys_way(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translate_all(project)
    statement = "import sys, pathlib, scripts.message_catalogue as m; m.compile_catalogues(pathlib.Path(sys.argv[1]))"

    def let_other_pass(*draft: Any) -> None:
        subprocess.run([sys.executable, "-c", statement, str(project)], cwd=ROOT, check=True)  # noqa: S603
        write_mo(*draft)

    monkeypatch.setattr("scripts.message_catalogue.write_mo", let_other_pass)

    (compiled,) = compile_catalogues(project)

    assert list(compiled.parent.glob("*.mo")) == [compiled]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('from django.utils.translation import gettext as _\n_("One" " text")', (2, "One text", None)),
        ("from django.utils.translation import gettext as _\nf\"{x or _('None')}\"", (2, "None", None)),
        ('from django.utils.translation import gettext_lazy as later\nlater("Late")', (2, "Late", None)),
        ('from django.utils import translation\ntranslation.pgettext("verb", "Transfer")', (2, "Transfer", "verb")),
        (
            'from django.utils.translation import npgettext_lazy\nnpgettext_lazy("phone", "call", "calls", 2)',
            (2, ("call", "calls"), "phone"),
        ),
    ],
)
def test_a_text_is_found_wherever_and_under_whatever_name_it_stands(source: str, text: tuple[object, ...]) -> None:
    assert list(texts_in_python(source)) == [text]


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.translation import gettext as _\n_(name)",
        '_("not Django\'s")',
        'gettext("nobody imported it")',
    ],
)
def test_what_is_no_text_of_its_own_is_paused(source: str) -> None:
    assert list(texts_in_python(source)) == []
