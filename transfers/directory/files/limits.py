"""How much an import may be, and what is said of a file that cannot be read at all."""

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_CELL_CHARACTERS = 12_000
"""Days off for years fit in, a whole file whose quotation mark was forgotten does not."""

MOST_UNPACKED_BYTES = 48 * 1024 * 1024
MOST_PARTS_OF_WORKBOOK = 1000

Row = list[str]
"""The cells of one row, as texts."""


class FileUnreadable(Exception):
    """A file that cannot be imported. `reason` says why, for a person, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
