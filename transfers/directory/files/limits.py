"""The limits of an imported file."""

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CELL_CHARACTERS = 12_000
"""Enough for years of days off; a file with a missing quotation mark exceeds it."""

MOST_UNPACKED_BYTES = 48 * 1024 * 1024
MOST_PARTS_OF_WORKBOOK = 1000

Row = list[str]
"""The cells of one row, as texts."""


class FileUnreadable(Exception):
    """The file cannot be imported. `reason` tells a person why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
