from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from tests.factories import make_call, make_transfer
from transfers.history import reading
from transfers.history.cursor import Cursor, older_than
from transfers.history.reading import HistoryFilter, filtered_transfers, page_of_transfers
from transfers.models import DestinationType, Transfer, TransferState, User

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_row(agent: User | None, **overrides: Any) -> Transfer:
    """A settled transfer: a call may have many of these."""
    return make_transfer(agent=agent, **{"state": TransferState.ANSWERED, **overrides})


@pytest.fixture
def many(ada: User) -> list[int]:
    """230 transfers, newest first: groups of seven share their moment, and a page ends within a group."""
    call = make_call()
    rows = [make_row(ada, call=call, requested_at=NOON - timedelta(seconds=number // 7)) for number in range(230)]
    return [row.pk for row in sorted(rows, key=lambda row: (row.requested_at, row.pk), reverse=True)]


def walk(transfers: QuerySet[Transfer], *, start: str = "", older: bool = True) -> Iterator[list[int]]:
    cursor = start
    while True:
        page = page_of_transfers(transfers, cursor)
        yield [transfer.pk for transfer in page.transfers]
        cursor = page.older if older else page.newer
        if not cursor:
            return


def test_walking_to_the_end_meets_each_transfer_once_and_in_order(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())

    pages = list(walk(transfers))

    assert [pk for page in pages for pk in page] == many
    assert [len(page) for page in pages] == [50, 50, 50, 50, 30]


def test_the_way_back_shows_the_same_pages(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    forth = list(walk(transfers))
    oldest = Transfer.objects.get(pk=forth[-1][0])

    back = list(walk(transfers, start=str(Cursor.at(oldest, is_older=False)), older=False))

    assert back == forth[-2::-1]


def test_moments_written_by_the_database_keep_each_transfer_on_one_page(sue: User, ada: User) -> None:
    """SQLite's own clock writes three decimals where Python writes six."""
    rows = [make_row(ada, call=make_call()) for _ in range(4)]
    Transfer.objects.update(requested_at=Now())
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())

    first = page_of_transfers(transfers, page_size=2)
    second = page_of_transfers(transfers, first.older, page_size=2)

    met = [transfer.pk for transfer in [*first.transfers, *second.transfers]]
    assert met == sorted((row.pk for row in rows), reverse=True)
    assert second.older == ""


def test_a_transfer_deleted_meanwhile_does_not_break_the_way(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    first = page_of_transfers(transfers)
    first.transfers[-1].delete()

    second = page_of_transfers(transfers, first.older)

    assert [transfer.pk for transfer in second.transfers] == many[50:100]


def test_new_transfers_do_not_move_the_page_one_reads(sue: User, ada: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    first = page_of_transfers(transfers)

    make_row(ada, requested_at=NOON + timedelta(seconds=1))

    assert [transfer.pk for transfer in page_of_transfers(transfers, first.older).transfers] == many[50:100]


def test_a_deep_page_asks_what_the_first_page_asks(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    deep = str(Cursor.at(Transfer.objects.get(pk=many[199]), is_older=True))
    asked = []

    for cursor in ("", deep):
        with CaptureQueriesContext(connection) as queries:
            page = page_of_transfers(transfers, cursor)
            _ = [transfer.call.caller_number for transfer in page.transfers]
        asked.append([query["sql"] for query in queries])

    assert [len(queries) for queries in asked] == [1, 1]
    assert "OFFSET" not in asked[1][0].upper()
    assert "COUNT(" not in asked[1][0].upper()


def test_a_deep_page_is_found_by_index(sue: User, many: list[int]) -> None:
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
    monkeypatch.setattr(reading, "COUNT_LIMIT", 100)

    assert reading.count_up_to_limit(transfers) == 101


def test_agents_see_their_own_and_supervisors_all(ada: User, ben: User, sue: User) -> None:
    hers, his, of_somebody_who_left = make_row(ada), make_row(ben), make_row(None)

    seen = {user: set(filtered_transfers(user=user, filters=HistoryFilter())) for user in (ada, ben, sue)}

    assert seen == {ada: {hers}, ben: {his}, sue: {hers, his, of_somebody_who_left}}


@pytest.mark.parametrize(
    "filters",
    [
        {"text": "gas"},
        {"text": "KELLER"},
        {"text": "störung"},
        {"text": "c1f0e7a2"},
        {"text": "C1F0E7A2-5D34-4B9E-8A61-2F90D3B7E518"},
        {"caller_digest": "d" * 64},
        {"destination_type": "external_number"},
        {"destination": "+491713920012"},
        {"outcome": "rejected"},
        {"from_at": NOON, "until_at": NOON + timedelta(seconds=1)},
    ],
    ids=str,
)
def test_each_filter_leaves_what_it_names(sue: User, ada: User, ben: User, filters: dict[str, Any]) -> None:
    call = make_call(call_uuid="c1f0e7a2-5d34-4b9e-8a61-2f90d3b7e518", caller_digest="d" * 64)
    wanted = make_row(
        ada,
        call=call,
        requested_at=NOON,
        destination_type=DestinationType.EXTERNAL_NUMBER,
        destination="+491713920012",
        destination_name="Störungsdienst Gas",
        state=TransferState.REJECTED,
    )
    make_row(ben, requested_at=NOON + timedelta(seconds=1))
    make_row(ben, requested_at=NOON - timedelta(microseconds=1))

    found = filtered_transfers(user=sue, filters=HistoryFilter(**filters))

    assert list(found) == [wanted]


def test_a_search_finds_umlauts_in_either_case_on_both_databases(sue: User, ada: User) -> None:
    wanted = make_row(ada, destination_name="Ölheizung")

    assert list(filtered_transfers(user=sue, filters=HistoryFilter(text="ölheizung"))) == [wanted]


def test_the_agent_filter_leaves_one_agents_transfers(sue: User, ada: User, ben: User) -> None:
    hers = make_row(ada)
    make_row(ben)

    assert list(filtered_transfers(user=sue, filters=HistoryFilter(agent_id=ada.pk))) == [hers]


def test_neighbours_are_the_next_in_each_direction(sue: User, many: list[int]) -> None:
    transfers = filtered_transfers(user=sue, filters=HistoryFilter())
    neighbours = [reading.neighbours(transfers, Transfer.objects.get(pk=many[at])) for at in (0, 100, 229)]

    assert neighbours == [(None, many[1]), (many[99], many[101]), (many[228], None)]
