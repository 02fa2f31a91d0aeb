"""Finds the texts to translate in Python code by its syntax tree.

Before Python 3.12 a tokenizer would miss the texts inside an f-string.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

MODULE = "django.utils.translation"
# How many leading arguments are text, and whether the first of them is the context.
_SHAPES = {"gettext": (1, False), "ngettext": (2, False), "pgettext": (2, True), "npgettext": (3, True)}
SHAPES = _SHAPES | {f"{name}_lazy": shape for name, shape in _SHAPES.items()} | {"gettext_noop": (1, False)}


class Text(NamedTuple):
    """A text to translate: its line number, the text (or singular and plural), and its context, if it has one."""

    line: int
    message: str | tuple[str, ...]
    context: str | None


def texts_in_python(source: str) -> Iterator[Text]:
    """Yield every text that is an argument of Django's gettext functions, whatever name they are imported as."""
    tree = ast.parse(source)
    names = _imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (shape := SHAPES.get(_called_name(node.func, names))):
            yield from _text_of(node, *shape)


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """Return the gettext function for each local name."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == MODULE]
    return {alias.asname or alias.name: alias.name for node in imports for alias in node.names}


def _called_name(function: ast.expr, names: dict[str, str]) -> str:
    if isinstance(function, ast.Name):
        return names.get(function.id, "")
    return function.attr if isinstance(function, ast.Attribute) else ""


def _text_of(call: ast.Call, count: int, has_context: bool) -> Iterator[Text]:
    constants = [argument.value for argument in call.args[:count] if isinstance(argument, ast.Constant)]
    strings = [value for value in constants if isinstance(value, str)]
    if len(strings) < count:  # a variable: its text is found where it is written
        return
    context = strings.pop(0) if has_context else None
    yield Text(call.lineno, strings[0] if len(strings) == 1 else tuple(strings), context)
