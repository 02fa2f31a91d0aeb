"""The stairs: a module imports only what stands below it. It reads from top to bottom like the way of the data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent

STAIRS: list[set[str]] = [
    {"urls"},
    {"views"},
    {"forms", "middleware", "account_adapter"},
    {"approvals"},
    {"transfer_requests", "call_ownership"},
    {"sweeper", "tasks"},
    {"transfer_execution"},
    {"call_event_intake"},
    {"call_events", "ghost_calls"},
    {"transfer_reaper"},
    {"transfer_outcomes", "held_requests", "connection_report", "live_viewers", "live_health"},
    {"board_choices", "wallboard"},
    {
        "transfer_progress",
        "hand_over",
        "transfer_export",
        "directory_import",
        "sip_users",
        "live_hub",
        "trail_check",
        "transfer_guard",
        "metrics",
    },
    {"live_messages", "call_board", "transfer_history", "directory", "transfer_texts", "audit_texts", "system_health"},
    {"transfer_states", "sending_gate", "history_cursor", "history_search", "audit_sentences"},
    {"destination_policy"},
    {"audit_log"},
    {"live_updates", "live_news", "caller_digest", "call_limits", "heartbeats", "transfer_limits", "history_names"},
    {"phone_numbers", "csv_cells", "redis_patience", "database_patience", "leases"},
    {"models"},
    {"tenios", "stream_thread", "live_streams", "asked_together", "durations"},
]
DOORS = {"admin", "apps", "management", "migrations", "templatetags"}
"""Opened by Django, imported by nobody, free to look at any step."""
APART = {"simulator", "tests"}

STEP = {name: step for step, names in enumerate(STAIRS) for name in names}


def modules() -> list[Path]:
    return [path for path in APP.rglob("*.py") if room_of(path) not in {*APART, "__init__"}]


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
        assert imported <= {*STEP, *DOORS} | ({"simulator"} if room == "management" else set())
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
