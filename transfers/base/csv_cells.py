"""Writes and reads one cell of a CSV file, so that no spreadsheet takes it for a formula (decision 4)."""

import re
from datetime import UTC, datetime

_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_cell(value: datetime | int | str | None) -> str:
    """Return a value as text: times in ISO 8601, UTC with milliseconds; None is empty.

    Text that a spreadsheet may calculate gets a leading ', and so does text that already begins with such a '. A number
    in E.164 begins with + and stays as it is.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = str(value)
    return f"'{text}" if is_like_formula(text.lstrip("'")) and not _E164.fullmatch(text) else text


def read_csv_cell(cell: str) -> str:
    """Return the text from which `csv_cell` made this cell."""
    return cell[1:] if cell.startswith("'") and is_like_formula(cell.lstrip("'")) else cell


def is_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take this text for a formula."""
    return text.startswith(_FORMULA_STARTS)
