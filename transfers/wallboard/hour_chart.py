"""The positions of the bars of each hour, as numbers for an SVG of 360 by 136 units, independent of the locale."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

USUAL_HOURS = range(8, 18)
"""These hours are always drawn, so that bars keep their places. Others are added if they have transfers."""

LEFT, RIGHT, TOP, FLOOR = 26.0, 358.0, 8.0, 116.0
MOST_LINES = 3
_STEPS = [step * 10**power for power in range(7) for step in (1, 2, 5)]


@dataclass(frozen=True)
class Bar:
    """A rectangle above the floor line, in SVG units."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, kw_only=True)
class Hour:
    """One hour of the day. `today` is None before the hour has begun. A bar without transfers is None."""

    hour: int
    today: int | None
    last_week: int
    today_bar: Bar | None
    last_week_bar: Bar | None
    middle: str
    is_labelled: bool


@dataclass(frozen=True)
class Line:
    """A horizontal line of the scale, and the number it stands for."""

    y: str
    count: int


@dataclass(frozen=True, kw_only=True)
class HourChart:
    """The chart. `busiest` is the hour of today with the most transfers, or None without any."""

    hours: list[Hour]
    lines: list[Line]
    busiest: Hour | None


def draw_hours(*, today: Mapping[int, int], last_week: Mapping[int, int], hour_now: int) -> HourChart:
    """Place the bars of both days. Keys are hours of the day, 0 to 23."""
    hours_shown = {*USUAL_HOURS, *today, *last_week}
    shown = range(min(hours_shown), max(hours_shown) + 1)
    lines = _lines(max(*today.values(), *last_week.values(), 0, 0))
    pitch = (RIGHT - LEFT) / len(shown)
    every = 1 + (len(shown) - 1) // 12

    def place(hour: int) -> Hour:
        left = LEFT + (hour - shown.start) * pitch
        return Hour(
            hour=hour,
            today=today.get(hour, 0) if hour <= hour_now else None,
            last_week=last_week.get(hour, 0),
            today_bar=_bar(left, pitch, 0.5, today.get(hour, 0), lines[-1].count),
            last_week_bar=_bar(left, pitch, 0.8, last_week.get(hour, 0), lines[-1].count),
            middle=_number(left + pitch / 2),
            is_labelled=(hour - shown.start) % every == 0,
        )

    hours = [place(hour) for hour in shown]
    busiest = max(hours, key=lambda each: each.today or 0)
    return HourChart(hours=hours, lines=lines, busiest=busiest if busiest.today else None)


def _lines(most: int) -> list[Line]:
    step = next(step for step in _STEPS if step * MOST_LINES >= most)
    top = max(1, ceil(most / step)) * step
    return [Line(_number(_y(count, top)), count) for count in range(0, top + 1, step)]


def _bar(left: float, pitch: float, share: float, count: int, top: int) -> Bar | None:
    if not count:
        return None
    y = _y(count, top)
    return Bar(
        _number(left + pitch * (1 - share) / 2), _number(y), width=_number(pitch * share), height=_number(FLOOR - y)
    )


def _y(count: int, top: int) -> float:
    return FLOOR - (FLOOR - TOP) * count / top


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
