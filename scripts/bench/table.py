"""The table that `make bench` prints: what, baseline, ours, ratio, goal, reached."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("what", "baseline", "ours", "ratio", "goal", "reached")


@dataclass(frozen=True)
class Goal:
    """A bound on the ratio ours / baseline, or with a `unit` on ours itself; `is_least`: it must not be below."""

    limit: float
    unit: str = ""
    is_least: bool = False

    def is_reached(self, baseline: float | None, ours: float) -> bool:
        """Say whether the figures keep the bound. ValueError for a ratio to nothing."""
        value = ours if self.unit else ratio(baseline, ours)
        return value >= self.limit if self.is_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g} {self.unit or '×'}"


@dataclass(frozen=True)
class Line:
    """One figure of the product, its baseline of the same run (None: only the goal is its measure), and its goals."""

    what: str
    unit: str
    ours: float
    baseline: float | None = None
    goals: Sequence[Goal] = ()

    @property
    def is_reached(self) -> bool | None:
        """Whether all goals are; None where there is none."""
        return all(goal.is_reached(self.baseline, self.ours) for goal in self.goals) if self.goals else None

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the columns."""
        told = {True: "yes", False: "no", None: ""}[self.is_reached]
        compared = f"{ratio(self.baseline, self.ours):.2f} ×" if self.baseline else ""
        baseline = "" if self.baseline is None else with_unit(self.baseline, self.unit)
        goals = ", ".join(map(str, self.goals))
        return self.what, baseline, with_unit(self.ours, self.unit), compared, goals, told


def ratio(baseline: float | None, ours: float) -> float:
    """Return ours / baseline. ValueError when there is no baseline to compare with."""
    if not baseline:
        raise ValueError("a ratio needs a baseline above 0")
    return ours / baseline


def with_unit(value: float, unit: str) -> str:
    """Write a figure with about three digits that mean something; what took for ever is "never"."""
    if math.isinf(value):
        return "never"
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def render_table(lines: Sequence[Line]) -> str:
    """Return the table in Markdown, its columns lined up."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows
    )
