import csv
import io
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_call, make_transfer
from transfers.history import HistoryFilter, csv_rows, filtered_transfers
from transfers.models import DestinationType, TransferState, User

HEADER = (
    "transfer_id,requested_at,agent,caller_number,called_number,call_uuid,destination_type,destination,"
    "destination_name,state,error_code,error_message,sent_at,settled_at,ring_seconds,note"
)


def test_row_has_the_documented_columns(ada: User) -> None:
    requested_at = datetime(2026, 11, 23, 13, 6, 58, 214_000, UTC)
    call = make_call(call_uuid="c1f0e7a2-5d34-4b9e-8a61-2f90d3b7e518", caller_number="+496990009552")
    transfer = make_transfer(
        agent=ada,
        call=call,
        requested_at=requested_at,
        sent_at=requested_at + timedelta(seconds=3),
        settled_at=requested_at + timedelta(seconds=11),
        destination_type=DestinationType.EXTERNAL_NUMBER,
        destination="+491713920012",
        destination_name='Störung "Gas", Köln',
        state=TransferState.ANSWERED,
        ring_seconds=7,
        note="=cmd\nzweite Zeile",
    )

    text = "".join(csv_rows(filtered_transfers(user=ada, filters=HistoryFilter())))

    assert text.splitlines()[0] == HEADER
    assert list(csv.DictReader(io.StringIO(text, newline=""))) == [
        {
            "transfer_id": str(transfer.pk),
            "requested_at": "2026-11-23T13:06:58.214Z",
            "agent": "Ada Keller",
            "caller_number": "+496990009552",
            "called_number": "+492214710100",
            "call_uuid": "c1f0e7a2-5d34-4b9e-8a61-2f90d3b7e518",
            "destination_type": "external_number",
            "destination": "+491713920012",
            "destination_name": 'Störung "Gas", Köln',
            "state": "answered",
            "error_code": "",
            "error_message": "",
            "sent_at": "2026-11-23T13:07:01.214Z",
            "settled_at": "2026-11-23T13:07:09.214Z",
            "ring_seconds": "7",
            "note": "'=cmd\nzweite Zeile",
        }
    ]


def test_batches_return_each_row_once_and_in_order(ada: User) -> None:
    call, now = make_call(), datetime(2026, 11, 23, tzinfo=UTC)
    rows = [make_transfer(agent=ada, call=call, requested_at=now, state=TransferState.ANSWERED) for _ in range(25)]
    transfers = filtered_transfers(user=ada, filters=HistoryFilter())

    with CaptureQueriesContext(connection) as queries:
        pieces = list(csv_rows(transfers, batch_size=10))

    ids = [row[0] for row in csv.reader(io.StringIO("".join(pieces[1:]), newline=""))]
    assert ids == [str(row.pk) for row in reversed(rows)]
    assert len(pieces) == 4
    assert len(queries) == 3


def test_file_without_transfers_has_a_header(ada: User) -> None:
    assert "".join(csv_rows(filtered_transfers(user=ada, filters=HistoryFilter()))) == f"{HEADER}\r\n"
