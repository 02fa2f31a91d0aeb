"""Measures the house: names at its top, lengths of functions and modules, lines of each part.

    python -m scripts.sizes

`tests/house/test_sizes.py` holds the limits of CONTRIBUTING.md.
"""

import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.procfile import ROOT

PARTS = ("transfers", "simulator", "tenios_dashboard", "scripts", "tests")
APP = ROOT / "transfers"


@dataclass(frozen=True, order=True)
class Function:
    """A function or method; `lines` counts signature and body, and not its docstring."""

    lines: int
    place: str


def names_at_top() -> list[str]:
    """Return the modules and packages at the top of the product."""
    return sorted(path.name for path in APP.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())


def sources(part: str) -> list[Path]:
    """Return the modules of a part, without migrations."""
    return [path for path in sorted((ROOT / part).rglob("*.py")) if "migrations" not in path.parts]


def functions(part: str) -> Iterator[Function]:
    """Yield every function and method of a part."""
    for path in sources(part):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                yield Function(_lines_to(node) - node.lineno + 1 - _docstring_lines(node), place)


def count_lines(path: Path) -> int:
    """Return the number of lines of a file."""
    return len(path.read_text().splitlines())


def _lines_to(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return node.end_lineno or node.lineno


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    has_docstring = ast.get_docstring(node, clean=False) is not None
    return (first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0


def main() -> None:
    """Print the figures."""
    print(f"names at the top of transfers/: {len(names_at_top())}")
    for part in PARTS:
        lengths = sorted(functions(part))
        tenth = lengths[int(len(lengths) * 0.9)].lines
        middle = statistics.median(each.lines for each in lengths)
        print(
            f"{part}: {sum(map(count_lines, sources(part)))} lines, {len(lengths)} functions,"
            f" median {middle:.0f}, p90 {tenth}, longest {lengths[-1].lines} ({lengths[-1].place})"
        )
        print(*(f"    {count_lines(path)} lines: {path.relative_to(ROOT)}" for path in _long_modules(part)), sep="\n")


def _long_modules(part: str) -> list[Path]:
    return [path for path in sources(part) if count_lines(path) >= 150] if part != "tests" else []


if __name__ == "__main__":
    main()
