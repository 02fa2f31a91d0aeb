"""Opening hours as people write them: read in both languages, written so that they are read again."""

import pytest
from django.utils import translation

from transfers.directory.hours.parsing import HoursUnreadable, read_hours
from transfers.directory.hours.writing import write_hours


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", ""),
        ("Mon to Fri 7-20, Sat 9-14", "Mon-Fri 7-20, Sat 9-14"),
        ("Mo bis Fr 7 - 20 Uhr; Sa 9 bis 14 Uhr", "Mon-Fri 7-20, Sat 9-14"),
        ("Mo.–Fr. 07:30–20.00", "Mon-Fri 7:30-20"),
        ("montag-freitag von 8 bis 12 und 13 bis 17", "Mon-Fri 8-12, 13-17"),
        ("Mon, Wed 9-12", "Mon 9-12, Wed 9-12"),
        ("Mon and Tue 9-12", "Mon-Tue 9-12"),
        ("täglich 0-24", "Mon-Sun 0-24"),
        ("Sat-Sun 10-12", "Sat-Sun 10-12"),
        ("Sun-Mon 10-12", "Mon 10-12, Sun 10-12"),
        ("Fri-Mon 22-6", "Mon 0-6, 22-24, Tue 0-6, Fri 22-24, Sat-Sun 0-6, 22-24"),
        ("Sun 22-6", "Mon 0-6, Sun 22-24"),
        ("Mon 8-12, Mon 11-13", "Mon 8-13"),
        ("Mon 8-12, 12-13", "Mon 8-13"),
        ("Mon 23:59-24", "Mon 23:59-24"),
    ],
)
def test_written_hours_can_be_read_again(text: str, written: str) -> None:
    hours = read_hours(text)

    assert write_hours(hours) == written
    assert read_hours(written) == hours


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mon to Fri 7-20, Sat 25-14", "25 is not an hour"),
        ("Mon 8-24:30", "24:30 is not an hour"),
        ("Mon 8:75-9", "75 is not a minute"),
        ("Mon", "from when to when"),
        ("Mon 8-12, Tue", "from when to when"),
        ("8-12", "on which days"),
        ("Mon 8", "until when"),
        ("Mon 8-", "until when"),
        ("Mon-8-12", "A day is missing"),
        ("Mon 8-8", "closes when it opens"),
        ("Mon 24-2", "closes when it opens"),
        ("Feiertag 8-12", "“feiertag” is not understood"),
        ("Mon 8-12 <script>", "“<” is not understood"),
        ("Mon 800-1200", "is not understood"),
    ],
)
def test_unreadable_hours_are_refused_with_the_part(text: str, words: str) -> None:
    with pytest.raises(HoursUnreadable, match=words):
        read_hours(text)


def test_days_are_written_and_read_in_german() -> None:
    hours = read_hours("Tue-Wed 8-17, Sun 9-12")

    with translation.override("de"):
        written = write_hours(hours)

    assert written == "Di-Mi 8-17, So 9-12"
    assert read_hours(written) == hours
