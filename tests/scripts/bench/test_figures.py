"""The figures of `make bench`: percentiles, alternating rounds, goals, and the table."""

import math
from collections.abc import Callable

import pytest

from scripts.bench.figures import Figure, Goal, Rounds, alternate, p50, p95, percentile, ratio, render_table, with_unit


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 1), (0.5, 50), (0.95, 95), (0.951, 96), (1.0, 100)],
)
def test_percentile_is_the_smallest_value_that_the_share_does_not_exceed(share: float, expected: int) -> None:
    values = list(range(100, 0, -1))

    assert percentile(values, share) == expected


def test_95th_percentile_of_few_values_is_the_largest() -> None:
    assert p95([3.0, 9.0, 1.0]) == 9.0


def test_median_of_an_even_number_of_values_is_the_lower_one() -> None:
    assert p50([4.0, 1.0, 3.0, 2.0]) == 2.0


def test_percentile_of_no_values_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        percentile([], 0.5)


def test_baseline_and_product_alternate_and_the_order_changes() -> None:
    order: list[str] = []

    def measure(name: str) -> Callable[[], int]:
        def record() -> int:
            order.append(name)
            return len(order)

        return record

    rounds = alternate(runs=3, baseline=measure("baseline"), ours=measure("ours"))

    assert order == ["baseline", "ours", "ours", "baseline", "baseline", "ours"]
    assert rounds == Rounds([1, 4, 5], [2, 3, 6])


def test_one_slow_round_does_not_change_the_median() -> None:
    rounds = Rounds([2.0, 2.0, 2.2], [3.0, 90.0, 3.2])

    assert rounds.medians(float) == (2.0, 3.2)


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
def test_goal_limits_the_ratio_or_with_a_unit_the_figure(
    goal: Goal, baseline: float | None, ours: float, is_reached: bool
) -> None:
    assert goal.is_reached(baseline, ours) is is_reached


def test_figure_is_good_when_it_reaches_all_its_goals() -> None:
    goals = [Goal(4.0), Goal(100, unit="ms")]

    assert Figure("quick", "ms", ours=90.0, baseline=30.0, goals=goals).is_reached is True
    assert Figure("slow", "ms", ours=110.0, baseline=30.0, goals=goals).is_reached is False


def test_figure_without_a_goal_is_neither_good_nor_bad() -> None:
    assert Figure("memory", "KiB", ours=1.0).is_reached is None


@pytest.mark.parametrize("baseline", [None, 0.0])
def test_ratio_without_a_baseline_is_refused(baseline: float | None) -> None:
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
def test_figure_is_written_with_about_three_digits(value: float, unit: str, text: str) -> None:
    assert with_unit(value, unit) == text


def test_click_that_never_arrived_misses_every_goal() -> None:
    figure = Figure("click", "ms", ours=math.inf, baseline=3.0, goals=[Goal(2.0)])

    assert figure.is_reached is False
    assert "never" in figure.cells()


def test_table_has_one_row_for_each_figure_and_aligned_columns() -> None:
    figures = [
        Figure("intake", "posts/s", ours=60.0, baseline=100.0, goals=[Goal(0.5, is_least=True)]),
        Figure("threads that streams add", "threads", ours=3, goals=[Goal(1, unit="threads")]),
    ]

    rows = render_table(figures).splitlines()

    assert [cell.strip() for cell in rows[2].split("|")[1:-1]] == [
        "intake", "100 posts/s", "60 posts/s", "0.60 ×", "≥ 0.5 ×", "yes",
    ]  # fmt: skip
    assert [cell.strip() for cell in rows[3].split("|")[2:-1]] == ["", "3 threads", "", "≤ 1 threads", "no"]
    assert len({len(row) for row in rows}) == 1
