"""Finds code that nothing uses: vulture over Python, told which names are used where it does not look.

    python -m scripts.dead_code

Django calls much by its name alone: a template reads a property, a query names a column by keyword, a setting names a
class by its dotted path. All such names count as used. What a library calls by its own convention is listed in
pyproject.toml under [tool.vulture]. Exits with a code other than 0, and one line for each candidate.
"""

import ast
import keyword
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scripts.procfile import ROOT

SEARCHED = ("manage.py", "tenios_dashboard", "transfers", "simulator", "scripts")
SETTINGS = ROOT / "tenios_dashboard" / "settings.py"  # Django reads all of it, so vulture leaves it out
_TEMPLATE_CODE = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
_NAME = re.compile(r"[a-zA-Z]\w*")


def main() -> int:
    """Run vulture; return its exit code."""
    names = {*names_in_templates(), *names_in_python()}
    with tempfile.TemporaryDirectory(prefix="transferdesk-") as folder:
        used = Path(folder) / "used_by_name.py"
        used.write_text("".join(f"_.{name}\n" for name in sorted(names) if not keyword.iskeyword(name)))
        return subprocess.run([sys.executable, "-m", "vulture", *SEARCHED, str(used)], cwd=ROOT, check=False).returncode


def names_in_templates() -> Iterator[str]:
    """Yield every name inside `{{ }}` and `{% %}` of our templates."""
    for path in (ROOT / "templates").rglob("*.*"):
        for code in _TEMPLATE_CODE.findall(path.read_text()):
            yield from _NAME.findall(code)


def names_in_python() -> Iterator[str]:
    """Yield the names that code mentions by keyword (`filter(due_at__lt=…)`) or by a text that is a dotted path."""
    yield from (node.id for node in ast.walk(ast.parse(SETTINGS.read_text())) if isinstance(node, ast.Name))
    for folder in SEARCHED[1:]:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg:
                    yield from node.arg.split("__")
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from _names_in_path(node.value)


def _names_in_path(text: str) -> list[str]:
    """Return the names of a dotted path such as `tenios_dashboard.middleware.refuse_nul`; none of any other text."""
    names = text.split(".")
    return names if all(name.isidentifier() for name in names) else []


if __name__ == "__main__":
    sys.exit(main())
