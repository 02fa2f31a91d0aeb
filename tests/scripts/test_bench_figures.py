"""The arithmetic of `make bench`: medians, percentiles, turns."""

from collections.abc import Callable

import pytest

from scripts.bench.figures import Rounds, alternate, p50, p95, percentile


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 1), (0.5, 50), (0.95, 95), (0.951, 96), (1.0, 100)],
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(share: float, expected: int) -> None:
    values = list(range(100, 0, -1))

    assert percentile(values, share) == expected


def test_of_few_values_the_95th_percentile_is_the_largest() -> None:
    assert p95([3.0, 9.0, 1.0]) == 9.0


def test_half_of_an_even_number_is_the_lower_middle() -> None:
    assert p50([4.0, 1.0, 3.0, 2.0]) == 2.0


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_baseline_and_product_take_turns_and_who_begins_changes() -> None:
    order: list[str] = []

    def turn_of(name: str) -> Callable[[], int]:
        def take_turn() -> int:
            order.append(name)
            return len(order)

        return take_turn

    rounds = alternate(runs=3, baseline=turn_of("baseline"), ours=turn_of("ours"))

    assert order == ["baseline", "ours", "ours", "baseline", "baseline", "ours"]
    assert rounds == Rounds([1, 4, 5], [2, 3, 6])


def test_one_bad_round_does_not_move_the_median() -> None:
    rounds = Rounds([2.0, 2.0, 2.2], [3.0, 90.0, 3.2])

    assert rounds.medians(float) == (2.0, 3.2)
