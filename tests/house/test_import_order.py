"""The stairs: a module imports only what stands below it. It reads from top to bottom like the way of the data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "transfers"

STAIRS: list[set[str]] = [
    {"urls"},
    {"views"},
    {"forms", "tasks", "wallboard", "account_adapter"},
    {"calls", "directory", "history", "operations"},
    {"lifecycle"},
    {"destination_policy"},
    {"audit_log", "live", "middleware"},
    {"base"},
    {"models"},
    {"tenios"},
]
DOORS = {"admin", "apps", "management", "migrations", "templatetags"}
"""Opened by Django, imported by nobody, free to look at any step."""

STEP = {name: step for step, names in enumerate(STAIRS) for name in names}


def modules() -> list[Path]:
    return [path for path in APP.rglob("*.py") if room_of(path) != "__init__"]


def room_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module] if node.module != "transfers" else [f"transfers.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("transfers."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(APP)))
def test_imports_go_down_the_stairs_only(path: Path) -> None:
    room = room_of(path)
    imported = set(imported_rooms(path)) - {room}

    if room in DOORS:
        assert imported <= {*STEP, *DOORS}
    else:
        climbing = {other for other in imported if STEP.get(other, -1) <= STEP[room]}
        assert climbing == set()


def test_every_room_of_the_app_has_its_step() -> None:
    rooms = {room_of(path) for path in modules()}

    assert rooms == {*STEP, *DOORS}


def test_imports_stand_at_the_top_of_their_module() -> None:
    hidden = [
        f"{path.relative_to(APP)}:{node.lineno}"
        for path in modules()
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_what_speaks_tenios_knows_neither_django_nor_the_models() -> None:
    foreign = [
        (path.name, node.module)
        for path in (APP / "tenios").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("django", "transfers")
    ]

    assert foreign == []
