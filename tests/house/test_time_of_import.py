"""No test depends on the time at which its module was imported: a slow run would fail where a quick one passes."""

import ast
from collections.abc import Iterator

import pytest

from scripts.procfile import ROOT
from scripts.sizes import sources

CLOCKS = {"now", "today", "utcnow", "localdate", "localtime", "time", "monotonic"}


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a module that run when it is imported: all but the bodies of functions."""
    children: list[ast.AST]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        children = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    else:
        children = [] if isinstance(node, ast.Lambda) else list(ast.iter_child_nodes(node))
    for child in children:
        yield child
        yield from run_at_import(child)


def clocks_read_at_import(source: str) -> list[str]:
    calls = (node for node in run_at_import(ast.parse(source)) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS]


@pytest.mark.parametrize(
    "source",
    [
        "NOW = timezone.now()",
        "class Case:\n    at = datetime.now(tz=UTC)",
        "@pytest.mark.parametrize('at', [timezone.now()])\ndef test(at): ...",
        "def make(at=time.time()): ...",
    ],
)
def test_a_clock_that_is_read_at_import_is_found(source: str) -> None:
    assert len(clocks_read_at_import(source)) == 1


def test_a_clock_inside_a_function_is_none() -> None:
    assert clocks_read_at_import("def test():\n    return timezone.now()\nlater = lambda: timezone.now()") == []


def test_no_module_of_the_tests_reads_a_clock_at_import() -> None:
    found = {str(path.relative_to(ROOT)): clocks_read_at_import(path.read_text()) for path in sources("tests")}

    assert {name: calls for name, calls in found.items() if calls} == {}
