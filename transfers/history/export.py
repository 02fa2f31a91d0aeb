"""The history as CSV (docs/interface.md, "Columns of the history"). Only one batch of rows is in memory at a time."""

import csv
import io
from collections.abc import Iterator

from django.db.models import Case, Q, QuerySet, Value, When

from transfers.base.csv_cells import csv_cell
from transfers.history.cursor import Cursor, older_than
from transfers.models import ResolvedBy, Transfer

BATCH_SIZE = 1000

_ERROR_CODE = Case(
    When(resolved_by=ResolvedBy.PERSON, then=Value("persons_word")),
    When(~Q(cancel_reason=""), then="cancel_reason"),
    When(~Q(error_code=""), then="error_code"),
    default="problem",
)
"""One column in the file for what the table keeps in four: readers of the file rely on it."""

COLUMNS: dict[str, str | Case] = {
    "transfer_id": "pk",
    "requested_at": "requested_at",
    "agent": "agent_name",
    "caller_number": "call__caller_number",
    "called_number": "call__called_number",
    "call_uuid": "call__call_uuid",
    "destination_type": "destination_type",
    "destination": "destination",
    "destination_name": "destination_name",
    "state": "state",
    "error_code": _ERROR_CODE,
    "error_message": "error_message",
    "sent_at": "sent_at",
    "settled_at": "settled_at",
    "ring_seconds": "ring_seconds",
    "note": "note",
}
"""The name in the file, and the field of `Transfer` or an expression over its fields."""


def csv_rows(transfers: QuerySet[Transfer], *, batch_size: int = BATCH_SIZE) -> Iterator[str]:
    """Yield CSV text of transfers (from `filtered_transfers`): first the header, then one batch of rows at a time.

    Each batch is a query of its own that starts where the last one ended. So no database cursor and no snapshot stays
    open while a slow browser downloads the file, and any thread may read the next batch.
    """
    yield _as_csv([list(COLUMNS)])
    place: Cursor | None = None
    while True:
        remaining = older_than(transfers, place) if place else transfers
        batch = list(remaining.values_list(*COLUMNS.values())[:batch_size])
        if batch:
            yield _as_csv([[csv_cell(value) for value in row] for row in batch])
        if len(batch) < batch_size:
            return
        place = Cursor(is_older=True, pk=batch[-1][0], requested_at=batch[-1][1])


def _as_csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
