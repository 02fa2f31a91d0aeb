"""Reads and writes XLSX row by row. Files that are unreadable, or too large when unpacked, are refused."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell

from transfers.base.csv_cells import is_like_formula
from transfers.directory.files.limits import (
    MOST_COLUMNS,
    MOST_PARTS_OF_WORKBOOK,
    MOST_ROWS,
    MOST_UNPACKED_BYTES,
    FileUnreadable,
    Row,
)

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0"
TEXT_FORMAT = "@"
"""The number format for text: digits keep their leading zeros."""


def is_workbook(content: bytes) -> bool:
    """Tell whether a file begins like a workbook, readable or not."""
    return content.startswith((ZIP_START, OLE_START))


def read_workbook_rows(content: bytes) -> Iterator[Row]:
    """Yield the rows of the first sheet, including empty ones, for right row numbers. Raises `FileUnreadable`."""
    if content.startswith(OLE_START):
        raise FileUnreadable(
            _("This is an Excel file of the old kind, or one with a password. Save it as .xlsx without a password.")
        )
    _refuse_bomb(content)
    try:
        yield from _rows_of_first_sheet(content)
    except FileUnreadable:
        raise
    except Exception as error:  # no content of a file may cause a server error
        raise FileUnreadable(_("This file cannot be read as XLSX. Open it in Excel and save it anew.")) from error


def write_workbook(rows: Iterable[Row], *, title: str) -> bytes:
    """Return a workbook with one sheet of texts. Numbers keep their zeros; no cell is a formula, even if edited."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    for row in rows:
        sheet.append([_text_cell(sheet, text) for text in row])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _refuse_bomb(content: bytes) -> None:
    """Check the sizes that the file declares. Reading never yields more than the declared size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileUnreadable(_("This file is damaged. Save it anew and try again.")) from error
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED_BYTES or len(parts) > MOST_PARTS_OF_WORKBOOK:
        raise FileUnreadable(
            _("Unpacked, this file would be larger than %(most)d MB. Keep the table alone in it.")
            % {"most": MOST_UNPACKED_BYTES // 1024**2}
        )


def _rows_of_first_sheet(content: bytes) -> Iterator[Row]:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        if not workbook.worksheets:
            raise FileUnreadable(_("There is no sheet in this file."))
        sheet: Any = workbook.worksheets[0]
        sheet.reset_dimensions()  # the declared dimensions can be wrong
        for values in sheet.iter_rows(max_row=MOST_ROWS * 2, max_col=MOST_COLUMNS + 1, values_only=True):
            yield _without_empty_end([_text_of(value) for value in values])
    finally:
        workbook.close()


def _text_of(value: object) -> str:
    """Write a value as a person would type it. Whole numbers have no point and no exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time(0) else f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _without_empty_end(row: Row) -> Row:
    while row and not row[-1].strip():
        row.pop()
    return row


def _text_cell(sheet: Any, text: str) -> Any:
    """Return a cell of type text, because a leading = would make it a formula."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
    cell.quotePrefix = is_like_formula(text)
    return cell
