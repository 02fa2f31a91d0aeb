"""Today's outcomes as one bar. The answered part is solid, all others are hollow, and each has its word and icon."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from transfers.wallboard.outcomes import Outcomes

WIDTH = 100.0
LEAST = 2.0
"""The least width of a segment, so that a rare outcome is still visible."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One outcome: the state whose colours it has, its icon and word, and its part of a bar of 100 units."""

    state: str
    icon: str
    word: str
    count: int
    x: str = ""
    width: str = ""


def draw_outcomes(outcomes: Outcomes) -> list[Segment]:
    """Return all outcomes in a fixed order. An outcome without transfers has no width."""
    segments = list(_segments(outcomes))
    sizes = [max(LEAST, WIDTH * each.count / outcomes.total) if each.count else 0.0 for each in segments]
    scale = WIDTH / (sum(sizes) or WIDTH)
    drawn, x = [], 0.0
    for segment, size in zip(segments, sizes, strict=True):
        drawn.append(_place(segment, x, size * scale))
        x += size * scale
    return drawn


def _segments(outcomes: Outcomes) -> Iterator[Segment]:
    yield Segment(state="answered", icon="check-circle", word=_("answered"), count=outcomes.answered)
    yield Segment(state="not_answered", icon="missed", word=_("not answered"), count=outcomes.not_answered)
    yield Segment(state="failed", icon="x-circle", word=_("failed"), count=outcomes.failed)
    yield Segment(state="unknown", icon="unknown", word=_("unconfirmed"), count=outcomes.unconfirmed)
    yield Segment(state="accepted", icon="transfer", word=_("under way"), count=outcomes.under_way)
    yield Segment(state="cancelled", icon="undo", word=_("undone"), count=outcomes.undone)


def _place(segment: Segment, x: float, width: float) -> Segment:
    return replace(segment, x=f"{x:.2f}", width=f"{width:.2f}") if segment.count else segment
