"""Cells of CSV files: never a formula, and the same text again when they are read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transfers.base.csv_cells import csv_cell, read_csv_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("+4922147105630", "+4922147105630"),
        ("+492214710563", "+492214710563"),
        ("+49 221 471", "'+49 221 471"),
        ("+4922147105630+cmd", "'+4922147105630+cmd"),
        ("+1+1", "'+1+1"),
        ("+0123456789", "'+0123456789"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("'=1", "''=1"),
        ("'s-Gravenhage", "'s-Gravenhage"),
        ("Störungsdienst = Gas", "Störungsdienst = Gas"),
        ("", ""),
        (None, ""),
        (7, "7"),
        (datetime(2026, 11, 23, 14, 6, 58, 214_999, UTC), "2026-11-23T14:06:58.214Z"),
        (datetime(2026, 11, 23, 14, 6, 58, 0, UTC), "2026-11-23T14:06:58.000Z"),
    ],
)
def test_no_cell_is_a_formula(value: datetime | int | str | None, cell: str) -> None:
    assert csv_cell(value) == cell


@given(st.text(alphabet="'=+-@\t 0aé1", max_size=12))
def test_a_written_text_is_read_back_unchanged(text: str) -> None:
    cell = csv_cell(text)

    assert read_csv_cell(cell) == text
