"""The table of `make bench`: which goal is reached, and how a figure is written."""

import math

import pytest

from scripts.bench.table import Goal, Line, ratio, render_table, with_unit


@pytest.mark.parametrize(
    ("goal", "baseline", "ours", "is_reached"),
    [
        (Goal(2.0), 10.0, 20.0, True),
        (Goal(2.0), 10.0, 20.1, False),
        (Goal(0.5, is_least=True), 100.0, 50.0, True),
        (Goal(0.5, is_least=True), 100.0, 49.0, False),
        (Goal(50, unit="ms"), 1.0, 50.0, True),
        (Goal(50, unit="ms"), None, 51.0, False),
    ],
)
def test_a_goal_bounds_the_ratio_or_with_a_unit_the_figure(
    goal: Goal, baseline: float | None, ours: float, is_reached: bool
) -> None:
    assert goal.is_reached(baseline, ours) is is_reached


def test_a_line_reaches_its_goals_when_it_reaches_each() -> None:
    goals = [Goal(4.0), Goal(100, unit="ms")]

    assert Line("quick", "ms", ours=90.0, baseline=30.0, goals=goals).is_reached is True
    assert Line("slow", "ms", ours=110.0, baseline=30.0, goals=goals).is_reached is False


def test_a_line_without_a_goal_reaches_nothing_and_misses_nothing() -> None:
    assert Line("memory", "KiB", ours=1.0).is_reached is None


@pytest.mark.parametrize("baseline", [None, 0.0])
def test_there_is_no_ratio_to_nothing(baseline: float | None) -> None:
    with pytest.raises(ValueError, match="baseline"):
        ratio(baseline, 1.0)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.234, "ms", "1.23 ms"),
        (12.34, "ms", "12.3 ms"),
        (1234.5, "posts/s", "1,234 posts/s"),
        (1.0, "threads", "1 threads"),
    ],
)
def test_a_figure_has_about_three_digits(value: float, unit: str, text: str) -> None:
    assert with_unit(value, unit) == text


def test_a_click_that_never_arrived_misses_every_goal() -> None:
    line = Line("click", "ms", ours=math.inf, baseline=3.0, goals=[Goal(2.0)])

    assert line.is_reached is False
    assert "never" in line.cells()


def test_the_table_has_a_row_for_each_line_and_its_columns_lined_up() -> None:
    lines = [
        Line("intake", "posts/s", ours=60.0, baseline=100.0, goals=[Goal(0.5, is_least=True)]),
        Line("threads that streams add", "threads", ours=3, goals=[Goal(1, unit="threads")]),
    ]

    rows = render_table(lines).splitlines()

    assert [cell.strip() for cell in rows[2].split("|")[1:-1]] == [
        "intake", "100 posts/s", "60 posts/s", "0.60 ×", "≥ 0.5 ×", "yes",
    ]  # fmt: skip
    assert [cell.strip() for cell in rows[3].split("|")[2:-1]] == ["", "3 threads", "", "≤ 1 threads", "no"]
    assert len({len(row) for row in rows}) == 1
