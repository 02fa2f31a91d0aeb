"""Reads CSV in the encodings and with the separators that spreadsheets use."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from transfers.base.csv_cells import read_csv_cell
from transfers.directory.files.limits import MOST_CELL_CHARACTERS, MOST_ROWS, FileUnreadable, Row

SEPARATORS = (";", ",", "\t", "|")
_NUL_SAMPLE = 1000


def read_text_rows(content: bytes, *, count_known: Callable[[Row], int]) -> Iterator[Row]:
    """Yield the rows of a CSV file, including empty ones, so that the row numbers are right.

    It takes the separator with which the head has the most known columns (`count_known`). Raises `FileUnreadable`.
    """
    text = decode(content)
    named, rest = _named_separator(text)
    separator = named or max(SEPARATORS, key=lambda each: _rank(rest, each, count_known))
    if named:
        yield []
    yield from _records(rest, separator)


def decode(content: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 (Excel's "Unicode text") or Windows-1252. Raises `FileUnreadable`."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileUnreadable(_("This is neither a CSV nor an XLSX file. Save the table as one of them."))


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    sample = content[:_NUL_SAMPLE]
    if b"\x00" in sample[1::2] and b"\x00" not in sample[::2]:
        return ("utf-16-le",)
    if b"\x00" in sample[::2] and b"\x00" not in sample[1::2]:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _named_separator(text: str) -> tuple[str, str]:
    """Return the separator of Excel's first line "sep=;" and the text after it. "" and the whole text without one."""
    first, _newline, rest = text.partition("\n")
    line = first.strip().strip('"')
    return (line[4], rest) if len(line) == 5 and line.casefold().startswith("sep=") else ("", text)


def _rank(text: str, separator: str, count_known: Callable[[Row], int]) -> tuple[int, int]:
    try:
        head = next((row for row in _records(text, separator) if any(row)), [])
    except FileUnreadable:
        return (-1, 0)
    return (count_known(head), len(head))


def _records(text: str, separator: str) -> Iterator[Row]:
    csv.field_size_limit(max(MOST_CELL_CHARACTERS, csv.field_size_limit()))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS * 2:
                return
            yield [read_csv_cell(cell) for cell in row]
    except csv.Error:
        raise FileUnreadable(
            _("The file cannot be read from line %(line)d on. Is a quotation mark missing?") % {"line": reader.line_num}
        ) from None
