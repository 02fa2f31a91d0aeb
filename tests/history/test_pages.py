from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from tests.factories import make_call, make_transfer
from transfers.history import HistoryFilter, filtered_transfers, neighbours, pages
from transfers.history.cursor import Cursor, older_than
from transfers.history.pages import count_up_to_limit, page_of_transfers
from transfers.models import Transfer, TransferState, User

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_row(agent: User | None, **overrides: Any) -> Transfer:
    """A settled transfer, because a call may have only one open one."""
    return make_transfer(agent=agent, **{"state": TransferState.ANSWERED, **overrides})


@pytest.fixture
def many(ada: User) -> list[int]:
    """The ids of 230 transfers, newest first. Each seven have the same time, and a page ends within such a group."""
    call = make_call()
    rows = [make_row(ada, call=call, requested_at=NOON - timedelta(seconds=number // 7)) for number in range(230)]
    return [row.pk for row in sorted(rows, key=lambda row: (row.requested_at, row.pk), reverse=True)]


def walk(transfers: QuerySet[Transfer], *, start: str = "", is_older: bool = True) -> Iterator[list[int]]:
    cursor = start
    while True:
        page = page_of_transfers(transfers, cursor)
        yield [transfer.pk for transfer in page.transfers]
        cursor = page.older if is_older else page.newer
        if not cursor:
            return


def test_paging_to_the_end_returns_each_transfer_once_and_in_order(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())

    pages = list(walk(transfers))

    assert [pk for page in pages for pk in page] == many
    assert [len(page) for page in pages] == [50, 50, 50, 50, 30]


def test_paging_back_shows_the_same_pages(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    forth = list(walk(transfers))
    oldest = Transfer.objects.get(pk=forth[-1][0])

    back = list(walk(transfers, start=str(Cursor.at(oldest, is_older=False)), is_older=False))

    assert back == forth[-2::-1]


def test_times_written_by_the_database_keep_each_transfer_on_one_page(sue: User, ada: User) -> None:
    """SQLite's own clock writes three decimals where Python writes six."""
    rows = [make_row(ada, call=make_call()) for _ in range(4)]
    Transfer.objects.update(requested_at=Now())
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())

    first = page_of_transfers(transfers, page_size=2)
    second = page_of_transfers(transfers, first.older, page_size=2)

    ids = [transfer.pk for transfer in [*first.transfers, *second.transfers]]
    assert ids == sorted((row.pk for row in rows), reverse=True)
    assert second.older == ""


def test_transfer_deleted_between_two_pages_does_not_break_paging(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    first = page_of_transfers(transfers)
    first.transfers[-1].delete()

    second = page_of_transfers(transfers, first.older)

    assert [transfer.pk for transfer in second.transfers] == many[50:100]


def test_new_transfers_do_not_move_the_next_page(sue: User, ada: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    first = page_of_transfers(transfers)

    make_row(ada, requested_at=NOON + timedelta(seconds=1))

    assert [transfer.pk for transfer in page_of_transfers(transfers, first.older).transfers] == many[50:100]


def test_page_far_back_needs_the_same_query_as_the_first(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    deep = str(Cursor.at(Transfer.objects.get(pk=many[199]), is_older=True))
    statements = []

    for cursor in ("", deep):
        with CaptureQueriesContext(connection) as queries:
            page = page_of_transfers(transfers, cursor)
            _ = [transfer.call.caller_number for transfer in page.transfers]
        statements.append([query["sql"] for query in queries])

    assert [len(queries) for queries in statements] == [1, 1]
    assert "OFFSET" not in statements[1][0].upper()
    assert "COUNT(" not in statements[1][0].upper()


def test_page_far_back_is_found_by_index(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter()).select_related(None)
    place = Cursor.at(Transfer.objects.get(pk=many[199]), is_older=True)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = older_than(transfers, place)[:51].explain()

    assert "transfer_latest" in plan
    assert "requested_at<" in plan or "Index Cond: (requested_at <=" in plan


def test_counting_stops_above_the_limit(sue: User, many: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    monkeypatch.setattr(pages, "COUNT_LIMIT", 100)

    assert count_up_to_limit(transfers) == 101


def test_neighbours_are_the_next_in_each_direction(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    ids = [neighbours(transfers, Transfer.objects.get(pk=many[at])) for at in (0, 100, 229)]

    assert ids == [(None, many[1]), (many[99], many[101]), (many[228], None)]
