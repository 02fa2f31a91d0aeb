"""Style sheets and templates hold nothing that no page uses."""

import ast
import re
from functools import cache
from pathlib import Path

import allauth
import pytest

from scripts.procfile import ROOT

STYLES = ROOT / "static" / "css"
SCRIPTS = ROOT / "static" / "js"
TEMPLATES = ROOT / "templates"
ALLAUTH_TEMPLATES = Path(allauth.__file__).parent / "templates"
PYTHON = ("transfers", "simulator", "tenios_dashboard")

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTOR = re.compile(r"([^{}]+)\{")
CLASS = re.compile(r"\.(-?[a-z_][\w-]*)", re.IGNORECASE)
CLASS_ATTRIBUTE = re.compile(r'class="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)"')
TEMPLATE_TAG = re.compile(r"\{%.*?%\}")
STRING = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")
WORD = re.compile(r"[\w-]+")

COMPOSED_CLASS = re.compile(r"(?:is|level|step|agents|icon)--?(?P<value>\w+)")
"""A class whose end comes from a value, such as the state of a transfer. The value has to be a word of the code."""

CLASSES_OF_HTMX = {"htmx-request"}

RENDERED_BY_DJANGO = {"403.html", "403_csrf.html", "404.html", "500.html"}


def without_comments(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def python_paths() -> list[Path]:
    return [path for folder in PYTHON for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def python_source() -> str:
    return "\n".join(path.read_text() for path in python_paths())


@cache
def python_strings() -> list[str]:
    """All string constants, read by Python: an apostrophe in a docstring would mislead a pattern."""
    nodes = (node for path in python_paths() for node in ast.walk(ast.parse(path.read_text())))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@cache
def template_sources() -> dict[str, str]:
    paths = [path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in paths}


@cache
def used_classes() -> set[str]:
    pages = "\n".join(template_sources().values())
    tags = "\n".join(TEMPLATE_TAG.findall(pages))
    scripts = "\n".join(path.read_text() for path in sorted(SCRIPTS.glob("*.js")))
    texts = [text for source in (tags, scripts) for text in STRING.findall(source)]
    return set(WORD.findall("\n".join([*CLASS_ATTRIBUTE.findall(pages), *texts, *python_strings()])))


def is_class_used(name: str) -> bool:
    composed = COMPOSED_CLASS.fullmatch(name)
    return name in used_classes() or bool(composed and composed["value"] in used_classes())


def elements_of_allauth() -> set[str]:
    pages = [*(ALLAUTH_TEMPLATES / "account").rglob("*.html"), *(TEMPLATES / "account").rglob("*.html")]
    return {name for page in pages for name in re.findall(r"\{% element (\w+)", page.read_text())}


def is_template_used(name: str) -> bool:
    if name.startswith("allauth/elements/"):
        # "h1__entrance.html" is the element h1 in the layout "entrance".
        return Path(name).stem.split("__")[0] in elements_of_allauth()
    replaces_one_of_allauth = (ALLAUTH_TEMPLATES / name).is_file()
    is_named = f'"{name}"' in python_source() or any(f'"{name}"' in page for page in template_sources().values())
    return is_named or replaces_one_of_allauth or name in RENDERED_BY_DJANGO


@pytest.mark.parametrize("sheet", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_each_class_of_a_style_sheet_is_used(sheet: Path) -> None:
    selectors = SELECTOR.findall(without_comments(sheet))

    classes = {name for selector in selectors for name in CLASS.findall(selector)} - CLASSES_OF_HTMX

    assert [name for name in sorted(classes) if not is_class_used(name)] == []


def test_each_custom_property_is_used() -> None:
    styles = "\n".join(without_comments(sheet) for sheet in sorted(STYLES.glob("*.css")))

    defined = set(re.findall(r"(?:^|[\s;{])(--[\w-]+)\s*:", styles))
    read = set(re.findall(r"var\(\s*(--[\w-]+)", styles))

    assert defined == read


@pytest.mark.parametrize("name", sorted(template_sources()))
def test_each_template_is_rendered_or_included(name: str) -> None:
    assert is_template_used(name)


def test_each_template_that_is_named_exists() -> None:
    source = "\n".join([python_source(), *template_sources().values()])

    names = set(re.findall(r'"((?:\w+/)*\w+\.html)"', source))

    assert {
        name for name in names if not (TEMPLATES / name).is_file() and not (ALLAUTH_TEMPLATES / name).is_file()
    } == set()
