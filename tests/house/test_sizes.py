"""The sizes that CONTRIBUTING.md allows: names at the top of the product, functions, modules."""

import pytest

from scripts.procfile import ROOT
from scripts.sizes import count_lines, functions, names_at_top, sources

MOST_NAMES = 22
LONGEST_FUNCTION = 30
LONGEST_MODULE = 149
MAY_BE_LONG = {
    "tenios_dashboard/settings.py",  # a list of settings, read as one
    "transfers/management/commands/_demo_directory.py",  # the demo's data
}
PRODUCT = ("transfers", "simulator", "tenios_dashboard", "scripts")


def test_a_stranger_can_hold_the_names_at_the_top_in_mind() -> None:
    assert len(names_at_top()) <= MOST_NAMES


@pytest.mark.parametrize("part", PRODUCT)
def test_no_function_is_longer_than_a_screen(part: str) -> None:
    assert [function for function in functions(part) if function.lines > LONGEST_FUNCTION] == []


@pytest.mark.parametrize("part", PRODUCT)
def test_no_module_is_too_long_to_be_read_at_once(part: str) -> None:
    long = {str(path.relative_to(ROOT)) for path in sources(part) if count_lines(path) > LONGEST_MODULE}

    assert {name for name in long - MAY_BE_LONG if not name.startswith("transfers/models/")} == set()
