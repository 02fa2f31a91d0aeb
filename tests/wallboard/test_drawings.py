import pytest

from transfers.wallboard.hour_chart import FLOOR, LEFT, RIGHT, TOP, HourChart, draw_hours
from transfers.wallboard.naming import public_name
from transfers.wallboard.outcome_bar import LEAST, draw_outcomes
from transfers.wallboard.outcomes import Outcomes


def hours_of(chart: HourChart) -> list[int]:
    return [hour.hour for hour in chart.hours]


@pytest.mark.parametrize(
    ("today", "last_week", "first", "last"),
    [({}, {}, 8, 17), ({10: 1}, {12: 4}, 8, 17), ({6: 1}, {21: 1}, 6, 21), ({0: 1}, {23: 1}, 0, 23)],
)
def test_unusual_hours_are_drawn_if_they_have_transfers(
    today: dict[int, int], last_week: dict[int, int], first: int, last: int
) -> None:
    chart = draw_hours(today=today, last_week=last_week, hour_now=12)

    assert hours_of(chart) == list(range(first, last + 1))
    assert sum(hour.is_labelled for hour in chart.hours) <= 12


@pytest.mark.parametrize("most", [1, 2, 3, 4, 9, 10, 23, 60, 61, 999, 123_456])
def test_every_bar_ends_below_the_top_line(most: int) -> None:
    chart = draw_hours(today={9: most, 10: 1}, last_week={11: most // 2}, hour_now=12)

    bars = [bar for hour in chart.hours for bar in (hour.today_bar, hour.last_week_bar) if bar]
    assert chart.lines[0].count == 0
    assert chart.lines[-1].count >= most
    assert len(chart.lines) <= 4
    for bar in bars:
        assert TOP <= float(bar.y) <= FLOOR
        assert float(bar.y) + float(bar.height) == pytest.approx(FLOOR, abs=0.02)
        assert float(bar.x) >= LEFT
        assert float(bar.x) + float(bar.width) <= RIGHT


def test_height_of_a_bar_follows_its_count() -> None:
    chart = draw_hours(today={9: 10, 10: 5}, last_week={}, hour_now=12)

    heights = {hour.hour: float(hour.today_bar.height) for hour in chart.hours if hour.today_bar}
    assert heights[10] == pytest.approx(heights[9] / 2, abs=0.02)


def test_hour_that_has_not_begun_has_no_count_of_today() -> None:
    chart = draw_hours(today={12: 2}, last_week={13: 4}, hour_now=12)

    counts = {hour.hour: hour.today for hour in chart.hours}
    assert (counts[11], counts[12], counts[13]) == (0, 2, None)


def test_busiest_hour_is_known_once_there_is_a_transfer() -> None:
    empty = draw_hours(today={}, last_week={9: 4}, hour_now=12)
    chart = draw_hours(today={9: 1, 11: 3}, last_week={11: 2}, hour_now=12)

    assert empty.busiest is None
    assert chart.busiest is not None
    assert (chart.busiest.hour, chart.busiest.last_week) == (11, 2)


def test_segments_fill_the_bar_without_a_gap() -> None:
    segments = draw_outcomes(Outcomes(answered=996, not_answered=3, undone=1))

    drawn = [segment for segment in segments if segment.width]
    ends = [float(segment.x) + float(segment.width) for segment in drawn]
    assert [segment.state for segment in drawn] == ["answered", "not_answered", "cancelled"]
    assert [float(segment.x) for segment in drawn[1:]] == pytest.approx(ends[:-1], abs=0.02)
    assert ends[-1] == pytest.approx(100, abs=0.02)
    assert float(drawn[-1].width) == pytest.approx(LEAST, abs=0.1)


def test_every_outcome_has_a_word_even_without_transfers() -> None:
    segments = draw_outcomes(Outcomes())

    assert all(segment.word and segment.icon and not segment.width for segment in segments)
    assert len(segments) == 6


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("Rechnungsklärung", "+492214710220", "Rechnungsklärung"),
        ("", "+491713920061", "Number outside the directory"),
        ("", "0171 392 00 61", "Number outside the directory"),
        ("", "4917139200", "Number outside the directory"),
        ("", "clara.weiss", "clara.weiss"),
        ("", "561", "561"),
    ],
)
def test_phone_number_outside_the_directory_is_not_shown(name: str, address: str, shown: str) -> None:
    assert public_name(name=name, address=address) == shown
