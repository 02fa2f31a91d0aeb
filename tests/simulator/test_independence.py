"""The simulator shares no code with the product, so that it can contradict it."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "simulator"


def test_simulator_imports_nothing_of_the_product() -> None:
    imported = {
        name
        for path in PACKAGE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _absolute_names(node)
    }

    own = {name for name in imported if name.startswith(("transfers", "tenios_dashboard"))}

    assert imported
    assert own == set()


def _absolute_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""] if node.level == 0 else ["transfers"] * (node.level > 1)
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
