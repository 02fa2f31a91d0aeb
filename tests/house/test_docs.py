"""What the documents name is there: settings, targets, commands, files, links, packages, behaviours."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.core.management import get_commands

from scripts.procfile import ROOT
from scripts.take_screenshots import IMAGES, PICTURES
from simulator.behaviours import BEHAVIOURS
from simulator.options import CHOICES, LEG_OUTCOMES, Options

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
NOT_IN_THE_FILE = {"ENV_FILE"}  # names the file itself
EVERY_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def settings_read() -> set[str]:
    source = (ROOT / "tenios_dashboard" / "settings.py").read_text()
    return set(re.findall(r"(?:env\.\w+|_require)\(\s*\"([A-Z_]+)\"", source))


def settings_in_readme() -> set[str]:
    section = (ROOT / "README.md").read_text().split("\n## Settings\n")[1].split("\n## ")[0]
    first_columns = re.findall(r"^\| (`[^|]+`) \|", section, flags=re.MULTILINE)
    return {name for column in first_columns for name in re.findall(r"`([A-Z_]+)`", column)}


def packages_of(requirements: str) -> set[str]:
    lines = (ROOT / requirements).read_text().splitlines()
    return {re.split(r"[<>=;]", line)[0] for line in lines if line and not line.startswith(("#", "-r"))}


def anchors_of(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_has_a_row_for_every_setting_and_for_nothing_else() -> None:
    assert settings_in_readme() == settings_read()


def test_the_example_file_has_every_setting() -> None:
    example = (ROOT / ".env.example").read_text()

    missing = [
        name for name in settings_read() - NOT_IN_THE_FILE if not re.search(rf"^{name}=", example, flags=re.MULTILINE)
    ]

    assert missing == []


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
    named = re.findall(r"-m scripts\.(\w+)", document.read_text())

    assert [name for name in named if not (ROOT / "scripts" / f"{name}.py").exists()] == []


@EVERY_DOCUMENT
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"`([\w./-]+/(?:[\w.-]+\.(?:py|js|css|html))?)`", document.read_text())

    gone = [name for name in named if not name.startswith("/") and not (ROOT / name).exists()]

    assert [name for name in gone if name != "var/"] == []


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


@EVERY_DOCUMENT
def test_every_picture_is_one_that_make_screenshots_takes(document: Path) -> None:
    shown = [(document.parent / link).resolve() for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text())]

    assert set(shown) <= {IMAGES / f"{picture.name}.png" for picture in PICTURES}


@pytest.mark.parametrize("requirements", ["requirements.in", "requirements-demo.in", "requirements-dev.in"])
def test_every_package_has_its_reason(requirements: str) -> None:
    text = (ROOT / "docs" / "decisions" / "dependencies.md").read_text()
    section = text.split(f"\n## {requirements}:")[1].split("\n## ")[0]

    assert set(re.findall(r"^- \*\*([^*]+)\*\*", section, flags=re.MULTILINE)) == packages_of(requirements)


def test_the_page_of_the_simulator_names_all_it_can_do() -> None:
    text = (ROOT / "docs" / "simulator.md").read_text()
    words = {*BEHAVIOURS, *LEG_OUTCOMES, *(field.name for field in fields(Options))}
    words |= {choice for choices in CHOICES.values() for choice in choices}

    assert {word for word in words if f"`{word}`" not in text} == set()
