"""An uploaded file as a table: the meaning of its columns, and the numbered rows below the head."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from transfers.directory.files.columns import column_of, is_known
from transfers.directory.files.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, FileUnreadable, Row
from transfers.directory.files.text_files import read_text_rows
from transfers.directory.files.workbooks import is_workbook, read_workbook_rows

NumberedRow = tuple[int, Row]
"""The number of a row in its file, the first being 1, and its cells."""


@dataclass(frozen=True)
class Table:
    """`columns` has the field of each column, "" if unknown. `ignored` are the heads of the unknown ones."""

    columns: list[str]
    ignored: list[str]
    rows: list[NumberedRow]


def read_table(content: bytes) -> Table:
    """Read a CSV or XLSX file. The content decides the format, not the name. Raises `FileUnreadable`."""
    if len(content) > MOST_BYTES:
        raise FileUnreadable(
            _("The file is larger than %(most)d MB. Split it, or keep the table alone in it.")
            % {"most": MOST_BYTES // 1024**2}
        )
    rows = read_workbook_rows(content) if is_workbook(content) else read_text_rows(content, count_known=_count_known)
    numbered = ((number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row))
    head = next(numbered, None)
    if head is None:
        raise FileUnreadable(_("The file is empty."))
    columns = _columns(head[1])
    return Table(
        columns=columns,
        ignored=[cell.strip() for cell, column in zip(head[1], columns, strict=True) if cell.strip() and not column],
        rows=_bounded(numbered),
    )


def _count_known(head: Row) -> int:
    return sum(is_known(cell) for cell in head)


def _columns(head: Row) -> list[str]:
    if len(head) > MOST_COLUMNS:
        raise FileUnreadable(_("The file has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    columns = [column_of(cell) for cell in head]
    if not {"name", "key"} & set(columns):
        raise FileUnreadable(
            _(
                "No column is called “Name” or “Key”. "
                "The first row must hold the names of the columns, as in the example."
            )
        )
    for index, column in enumerate(columns):
        if column and column in columns[:index]:
            first = head[columns.index(column)].strip()
            raise FileUnreadable(
                _("The columns “%(first)s” and “%(second)s” mean the same. Keep one of them.")
                % {"first": first, "second": head[index].strip()}
            )
    return columns


def _bounded(numbered: Iterator[NumberedRow]) -> list[NumberedRow]:
    rows: list[NumberedRow] = []
    for row in numbered:
        if len(rows) == MOST_ROWS:
            raise FileUnreadable(
                ngettext(
                    "The file has more than %(most)d row. Split it.",
                    "The file has more than %(most)d rows. Split it.",
                    MOST_ROWS,
                )
                % {"most": MOST_ROWS}
            )
        rows.append(row)
    if not rows:
        raise FileUnreadable(_("There is nothing below the names of the columns."))
    return rows
