"""The history of transfers: visibility, filters, search, pages, and the export as CSV.

filters   `HistoryFilter`: what a person may see, and what a filter selects
finding   `find_transfers`: filter and search together, with the fastest way to a page
pages     one page at a time, by cursor
search    the search for a text; `names` reads the names that transfers have
cursor    the place where a page ends, as text for an address
export    the same transfers as CSV
"""

from transfers.history.cursor import Cursor, InvalidCursor
from transfers.history.export import csv_rows
from transfers.history.filters import HistoryFilter, unresolved_transfers, visible_transfers, with_destination
from transfers.history.finding import filtered_transfers, find_transfers
from transfers.history.pages import COUNT_LIMIT, neighbours

__all__ = [
    "COUNT_LIMIT",
    "Cursor",
    "HistoryFilter",
    "InvalidCursor",
    "csv_rows",
    "filtered_transfers",
    "find_transfers",
    "neighbours",
    "unresolved_transfers",
    "visible_transfers",
    "with_destination",
]
