"""docs/structure.md says what is really there: each folder, each room, and the steps of the stairs."""

import tomllib
from pathlib import Path

from scripts.procfile import ROOT
from tests.house.documents import DOCS, listed, rows, section

STRUCTURE = DOCS / "structure.md"
APP = ROOT / "transfers"
MIRRORED = {path.name for path in APP.iterdir() if path.is_dir()}
"""Folders of `tests/` with the name of a room need no line of their own."""


def folders_in(*parents: str) -> set[Path]:
    return {path for parent in parents for path in (ROOT / parent).iterdir() if path.is_dir()}


def written(paths: set[Path]) -> set[str]:
    return {
        f"{path.relative_to(ROOT)}/" if path.is_dir() else str(path.relative_to(ROOT))
        for path in paths
        if not path.name.startswith((".", "__"))
    }


def test_it_names_each_folder_at_the_top() -> None:
    assert set(listed(section(STRUCTURE, "The whole"))) == written(folders_in(".")) - {"var/"}


def test_it_names_each_room_of_the_product() -> None:
    packages = {path.parent for path in APP.rglob("__init__.py")} - {APP}
    modules = set(APP.glob("*.py"))

    assert set(listed(section(STRUCTURE, "Rooms of the product"))) == written(packages | modules)


def test_it_names_each_folder_beside_the_product() -> None:
    folders = folders_in("scripts", "tests", "templates", "static")
    mirroring = {path for path in folders if path.parent.name == "tests" and path.name in MIRRORED}

    assert set(listed(section(STRUCTURE, "Beside the product"))) == written(folders - mirroring)


def layers_of_import_contract() -> list[set[str]]:
    """The layers that import-linter holds, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return [set(layer.split(" | ")) for layer in contracts[0]["layers"]]


def test_its_steps_are_those_that_the_import_contract_holds() -> None:
    doors, *stairs = layers_of_import_contract()
    steps = [set(row[1].replace("`", "").split()) for row in rows(section(STRUCTURE, "What may import what"))]

    assert steps == stairs
    assert f"`{'`, `'.join(sorted(doors)[:-1])}` and `{sorted(doors)[-1]}`" in STRUCTURE.read_text()
