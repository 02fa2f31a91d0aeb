"""The arithmetic of the table: medians, percentiles, and rounds in which baseline and product take turns."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Rounds(Generic[T]):
    """What each round gave, in the order of the rounds."""

    baseline: list[T]
    ours: list[T]

    def medians(self, figure: Callable[[T], float]) -> tuple[float, float]:
        """Return the median of one figure of the rounds: the baseline's, then the product's."""
        return statistics.median(map(figure, self.baseline)), statistics.median(map(figure, self.ours))


def alternate(*, runs: int, baseline: Callable[[], T], ours: Callable[[], T]) -> Rounds[T]:
    """Run both so many times, in turns; who begins changes with each round, so that no one always comes second."""
    rounds: Rounds[T] = Rounds([], [])
    for number in range(runs):
        turns = [(baseline, rounds.baseline), (ours, rounds.ours)]
        for measure, results in turns if number % 2 == 0 else reversed(turns):
            results.append(measure())
    return rounds


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values (0 to 1) does not exceed. ValueError without values."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def p50(values: Sequence[float]) -> float:
    """Return the value that half of them do not exceed."""
    return percentile(values, 0.5)


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return percentile(values, 0.95)
