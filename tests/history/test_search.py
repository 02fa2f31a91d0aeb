"""The search for a text returns the same transfers in the same order, whichever way it takes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_call, make_transfer
from transfers.forms.history_filter import HistoryFilterForm
from transfers.history import COUNT_LIMIT, Cursor, HistoryFilter, find_transfers, search
from transfers.history.finding import SearchResult
from transfers.history.search import matching
from transfers.models import DestinationType, Transfer, TransferState, User

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NAMES = ["Gas 1", "Gas 2", "GAS_3", "Ölheizung", "Gas 4 😀", "", "100 % Strom", "Ölgas"]

only_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="SQLite's plan depends on the query alone, PostgreSQL's on the rows as well"
)


@pytest.fixture
def history(ada: User, ben: User) -> None:
    """60 transfers: each three have the same time, one name is used in one half only, call ids have two prefixes."""
    calls = [make_call(call_uuid=f"{'ga' if number % 4 == 0 else 'xy'}{number:06d}-0000") for number in range(8)]
    for number in range(60):
        name = NAMES[number % len(NAMES)]
        make_transfer(
            agent=(ada, ben)[number % 5 == 0],
            call=calls[number % 8],
            state=TransferState.ANSWERED,
            destination_name="Gas 9" if name == "Gas 1" and number < 30 else name,
            requested_at=NOON - timedelta(seconds=(60 - number) // 3),
        )


def ids_by_condition(text: str) -> list[int]:
    return list(Transfer.objects.filter(matching(text)).order_by("-requested_at", "-id").values_list("pk", flat=True))


def walk(result: SearchResult, *, start: str = "", is_older: bool = True, page_size: int = 4) -> list[list[int]]:
    pages: list[list[int]] = []
    cursor = start
    while cursor or not pages:
        page = result.page(cursor, page_size)
        pages.append([transfer.pk for transfer in page.transfers])
        cursor = page.older if is_older else page.newer
    return pages


@pytest.mark.parametrize("few", [0, 6, 1000], ids=lambda few: f"few={few}")
@pytest.mark.parametrize(
    "text", ["gas", "GAS", "ölh", "ÖL", "_", "%", "s_", "😀", "ga", "ga0", "ada", "e", "nothing such"]
)
def test_each_way_finds_the_same_transfers_in_the_same_order(
    sue: User, history: None, monkeypatch: pytest.MonkeyPatch, text: str, few: int
) -> None:
    """With `few` at 0 every name is too many, with 6 names are followed one by one, with 1,000 ids are selected."""
    monkeypatch.setattr(search, "FEW", few)
    expected = ids_by_condition(text)

    result = find_transfers(user=sue, filters=HistoryFilter(text=text))
    forth = walk(result)

    assert [pk for page in forth for pk in page] == expected
    assert list(result.transfers.values_list("pk", flat=True)) == expected


@pytest.mark.parametrize("page_size", [2, 5])
def test_paging_back_by_names_shows_the_same_pages(
    sue: User, history: None, monkeypatch: pytest.MonkeyPatch, page_size: int
) -> None:
    monkeypatch.setattr(search, "FEW", 6)
    result = find_transfers(user=sue, filters=HistoryFilter(text="gas"))
    assert result.matches is not None
    forth = walk(result, page_size=page_size)
    oldest = Transfer.objects.get(pk=forth[-1][-1])

    back = walk(result, start=str(Cursor.at(oldest, is_older=False)), is_older=False, page_size=page_size)

    newest_first = [pk for page in reversed(back[:-1]) for pk in page]
    assert newest_first == [pk for page in forth for pk in page][-1 - len(newest_first) : -1]
    assert back[-1] == forth[0]


def test_many_matches_are_reported_without_counting(sue: User, history: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", 6)
    result = find_transfers(user=sue, filters=HistoryFilter(text="gas"))

    with CaptureQueriesContext(connection) as queries:
        count = result.count_up_to_limit()

    assert count == COUNT_LIMIT + 1
    assert len(queries) == 0


@pytest.mark.parametrize("few", [6, 1000])
def test_other_filters_and_visibility_apply_to_the_search(
    sue: User, ada: User, history: None, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    hers = [pk for pk in ids_by_condition("gas") if Transfer.objects.get(pk=pk).agent_id == ada.pk]

    chosen = find_transfers(user=sue, filters=HistoryFilter(text="gas", agent_id=ada.pk))
    own = find_transfers(user=ada, filters=HistoryFilter(text="gas"))

    assert [pk for page in walk(chosen) for pk in page] == hers
    assert [pk for page in walk(own) for pk in page] == hers


@only_sqlite
@pytest.mark.parametrize("few", [6, 1000])
@pytest.mark.parametrize("text", ["gas", "ga", "nothing such"])
def test_search_for_a_text_alone_does_not_scan_the_history(
    sue: User, history: None, monkeypatch: pytest.MonkeyPatch, text: str, few: int
) -> None:
    """If too many call ids begin with the text, the history is read in its order, which soon fills a page."""
    monkeypatch.setattr(search, "FEW", few)
    with CaptureQueriesContext(connection) as queries:
        find_transfers(user=sue, filters=HistoryFilter(text=text)).page()

    scans = [step for query in queries for step in plan_of(query["sql"]) if step.startswith("SCAN transfers_transfer")]

    assert [step for step in scans if "transfer_latest" not in step] == []


@only_sqlite
@pytest.mark.parametrize(("person", "index"), [("ada", "transfer_by_agent_dest"), ("sue", "transfer_by_destination")])
def test_destination_is_found_by_the_index_on_its_address(
    request: pytest.FixtureRequest, person: str, index: str
) -> None:
    """With the index on the type, SQLite would read a quarter of the history for each unused address."""
    user = request.getfixturevalue(person)
    filters = HistoryFilter(destination="gas", destination_type=DestinationType.SIP_USER)
    with CaptureQueriesContext(connection) as queries:
        HistoryFilterForm({}, user=user)
        find_transfers(user=user, filters=filters).page()

    steps = [step for query in queries for step in plan_of(query["sql"])]

    assert len([step for step in steps if index in step]) == 2
    assert [step for step in steps if "transfer_by_type" in step or "SCAN transfers_transfer" in step] == []


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]
