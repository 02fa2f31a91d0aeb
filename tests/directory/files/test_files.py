"""Files in the encodings, with the separators and in the states in which people upload them."""

import io
import zipfile
from typing import Any

import pytest

from tests.directory.files.files import csv_file, xlsx_file
from transfers.directory.files.limits import MOST_BYTES, MOST_ROWS, FileUnreadable
from transfers.directory.files.tables import read_table

HEAD = ["Schlüssel", "Name", "Abteilung"]
ROW = ["0017", "Jürgen Groß; Süd", "Wärme, Wasser"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_and_separators_are_recognised(encoding: str, separator: str) -> None:
    table = read_table(csv_file(HEAD, ROW, separator=separator, encoding=encoding))

    assert table.columns == ["key", "name", "department"]
    assert table.rows == [(2, ROW)]


def test_the_line_with_the_separator_is_not_a_row() -> None:
    table = read_table(b"sep=,\r\nName,Note;Hinweis\r\nAda,x\r\n")

    assert table.columns == ["name", ""]
    assert table.rows == [(3, ["Ada", "x"])]


def test_rows_keep_their_numbers_in_the_spreadsheet() -> None:
    table = read_table(csv_file(["Name"], [""], ["Ada"], [""], ["Ben"]))

    assert table.rows == [(3, ["Ada"]), (5, ["Ben"])]


def test_cells_of_a_workbook_are_read_as_typed() -> None:
    content = xlsx_file(HEAD, [17, "Ada", 1.5], [None, "Ben", True], [], ["x", "Cem", 492214710217.0])

    assert read_table(content).rows == [
        (2, ["17", "Ada", "1.5"]),
        (3, ["", "Ben", "1"]),
        (5, ["x", "Cem", "492214710217"]),
    ]


def test_unknown_columns_are_reported() -> None:
    table = read_table(csv_file(["Name", "Lieblingsfarbe"], ["Ada", "Blau"]))

    assert table.ignored == ["Lieblingsfarbe"]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return file.getvalue()


def entity_workbook() -> bytes:
    """A workbook with a sheet that defines entities."""
    source, file = zipfile.ZipFile(io.BytesIO(xlsx_file(["Name"], ["Ada"]))), io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in source.namelist():
            content = source.read(part)
            if part.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            archive.writestr(part, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"Name\n", "nothing below"),
        (b"Farbe;Form\nblau;rund\n", "No column is called"),
        (b"Name;Full name\nA;B\n", "mean the same"),
        (b"Name\nA\x81\n", "neither a CSV nor"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x01", "neither a CSV nor"),
        (b"\xd0\xcf\x11\xe0rest", "old kind"),
        (b"PK\x03\x04nonsense", "damaged"),
        (b'Name\n"' + b"x" * 200_000, "quotation mark"),
        (b"x" * (MOST_BYTES + 1), "larger than 8 MB"),
        (csv_file(["Name"], *[["A"]] * (MOST_ROWS + 1)), "more than"),
        ((";".join(["Name"] + ["x"] * 100)).encode() + b"\nA\n", "columns"),
        (bomb(), "Unpacked"),
        (entity_workbook(), "cannot be read as XLSX"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unreadable_file_is_refused_with_the_reason(content: Any, reason: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_table(content)

    assert reason in refused.value.reason


def test_a_truncated_workbook_is_refused() -> None:
    content = xlsx_file(HEAD, ROW)

    for end in range(0, len(content), 97):
        with pytest.raises(FileUnreadable):
            read_table(content[:end])
