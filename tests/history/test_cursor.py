from datetime import UTC, datetime

import pytest

from transfers.history import Cursor, InvalidCursor


@pytest.mark.parametrize("is_older", [True, False])
def test_cursor_survives_writing_and_reading(is_older: bool) -> None:
    cursor = Cursor(is_older=is_older, requested_at=datetime(2026, 11, 23, 14, 6, 58, 214_007, UTC), pk=4711)

    assert Cursor.read(str(cursor)) == cursor


INVALID = [
    "x",
    "older",
    "older-1",
    "older--1-2",
    "sideways-1-2",
    "older-1-2-3",
    "older-1-2\n",
    "older-١-2",
    "older-999999999999999999-1",
    "older-1-9999999999999999999",
    "older-1-2'--",
    "\x00",
]


@pytest.mark.parametrize("text", INVALID)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        Cursor.read(text)
