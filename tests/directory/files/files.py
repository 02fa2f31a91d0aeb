"""Files as people upload them, and the whole way of one into the directory."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

from transfers.directory.files.applying import apply_import
from transfers.directory.files.exporting import table_rows, write_csv, write_xlsx
from transfers.directory.files.importing import begin_import, take_step
from transfers.directory.snapshot import read_snapshot
from transfers.models import DirectoryEntry, DirectoryImport, User


def csv_file(*rows: Sequence[str], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """A table as CSV, the first row being the head."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(*rows: Iterable[object]) -> bytes:
    """A table as a workbook whose cells have the types of the values."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def preview(content: bytes, *, by: User) -> DirectoryImport:
    """Upload a file and let all its rows be checked and compared."""
    found = begin_import(by=by, content=content)
    while found.planned_at is None:
        found = take_step(by=by, import_id=found.pk)
    return found


def results_of(found: DirectoryImport) -> list[dict[str, Any]]:
    """What the preview says of each row."""
    return [result for part in found.parts.order_by("position") for result in part.results]


def import_file(content: bytes, *, by: User) -> Counter[str]:
    """Upload a file and apply it."""
    return apply_import(by=by, import_id=preview(content, by=by).pk)


def exported(kind: str) -> bytes:
    """The shared directory as a file, "csv" or "xlsx"."""
    shared = DirectoryEntry.objects.shared()
    rows = table_rows(read_snapshot(shared), teams=read_snapshot(shared.filter(kind="team")))
    return write_csv(rows) if kind == "csv" else write_xlsx(rows)
