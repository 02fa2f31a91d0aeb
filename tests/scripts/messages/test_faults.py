"""Every fault of the catalogue is named."""

from pathlib import Path

import pytest

from scripts.messages.catalogue import catalogue_path, update
from scripts.messages.faults import find_faults
from tests.scripts.messages.translating import translate, translate_all


def test_complete_catalogue_has_no_fault(project: Path) -> None:
    translate_all(project)
    path = catalogue_path(project)
    path.write_text(path.read_text().replace("%(n)s Anrufe", "%(n)d Anrufe", 1))

    assert find_faults(project) == []


def test_missing_catalogue_is_a_fault_that_says_what_to_run(project: Path) -> None:
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
def test_fault_of_a_translation_is_named(project: Path, german: str, fault: str | None) -> None:
    update(project)
    if german:
        translate(project, "Sent to %(name)s", to=german)

    faults = [line for line in find_faults(project) if "Sent to" in line]

    assert faults == ([fault] if fault else [])


def test_unsure_translation_is_a_fault(project: Path) -> None:
    update(project)
    translate(project, "Sign in", to="Einloggen")
    path = catalogue_path(project)
    path.write_text(path.read_text().replace('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"'))

    assert "unsure (fuzzy): 'Sign in'" in find_faults(project)


def test_new_text_and_superfluous_text_are_faults(project: Path) -> None:
    update(project)
    view = project / "transfers" / "views.py"
    view.write_text(view.read_text().replace("Call board", "Live calls"))

    faults = find_faults(project)

    assert "superfluous: 'Call board'" in faults
    assert "missing: 'Live calls' (transfers/views.py); run: make messages" in faults
