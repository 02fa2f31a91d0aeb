"""From measurements to the table that `make bench` prints: rounds, percentiles, figures with their goals."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

HEAD = ("what", "baseline", "ours", "ratio", "goal", "reached")


@dataclass(frozen=True)
class Rounds(Generic[T]):
    """The measurement of each round, in the order of the rounds."""

    baseline: list[T]
    ours: list[T]

    def medians(self, figure: Callable[[T], float]) -> tuple[float, float]:
        """Return the median of one figure over the rounds: the baseline's, then the product's."""
        return statistics.median(map(figure, self.baseline)), statistics.median(map(figure, self.ours))


def alternate(*, runs: int, baseline: Callable[[], T], ours: Callable[[], T]) -> Rounds[T]:
    """Measure both `runs` times, alternately. The order changes with each round, so that neither is always second."""
    rounds: Rounds[T] = Rounds([], [])
    for number in range(runs):
        turns = [(baseline, rounds.baseline), (ours, rounds.ours)]
        for measure, results in turns if number % 2 == 0 else reversed(turns):
            results.append(measure())
    return rounds


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values (0 to 1) does not exceed. ValueError without values."""
    if not values:
        raise ValueError("a percentile needs at least one value")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def p50(values: Sequence[float]) -> float:
    """Return the value that half of the values do not exceed."""
    return percentile(values, 0.5)


def p95(values: Sequence[float]) -> float:
    """Return the value that 95 of 100 values do not exceed."""
    return percentile(values, 0.95)


@dataclass(frozen=True)
class Goal:
    """A limit of the ratio ours / baseline or, with a `unit`, of ours itself. `is_least`: a lower limit."""

    limit: float
    unit: str = ""
    is_least: bool = False

    def is_reached(self, baseline: float | None, ours: float) -> bool:
        """Return whether the figure keeps the limit. ValueError for a ratio without a baseline."""
        value = ours if self.unit else ratio(baseline, ours)
        return value >= self.limit if self.is_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g} {self.unit or '×'}"


@dataclass(frozen=True)
class Figure:
    """One figure of the product, its baseline of the same run (None: it has only goals), and its goals."""

    what: str
    unit: str
    ours: float
    baseline: float | None = None
    goals: Sequence[Goal] = ()

    @property
    def is_reached(self) -> bool | None:
        """Whether all goals are reached; None without goals."""
        return all(goal.is_reached(self.baseline, self.ours) for goal in self.goals) if self.goals else None

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the columns."""
        reached = {True: "yes", False: "no", None: ""}[self.is_reached]
        compared = f"{ratio(self.baseline, self.ours):.2f} ×" if self.baseline else ""
        baseline = "" if self.baseline is None else with_unit(self.baseline, self.unit)
        goals = ", ".join(map(str, self.goals))
        return self.what, baseline, with_unit(self.ours, self.unit), compared, goals, reached


def ratio(baseline: float | None, ours: float) -> float:
    """Return ours / baseline. ValueError without a baseline above 0."""
    if not baseline:
        raise ValueError("a ratio needs a baseline above 0")
    return ours / baseline


def with_unit(value: float, unit: str) -> str:
    """Format a figure with about three significant digits; an infinite one is "never"."""
    if math.isinf(value):
        return "never"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def render_table(figures: Sequence[Figure]) -> str:
    """Return the table in Markdown with aligned columns."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows
    )
