"""Call records in every format that may come: times, numbers, pages."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from transfers import tenios
from transfers.tenios import CallRecord

KEY = "00000000-1111-2222-3333-444444444444"
START = datetime(2026, 4, 11, 9, 0, tzinfo=UTC)
NINE = "2026-04-11T09:00:00Z"
LEG = {
    "uuid": "leg-2",
    "bleg_uuid": "leg-1",
    "main_leg_uuid": "leg-1",
    "call_type": "FORWARD",
    "callerid_number": "+4917000000000",
    "destination_number": "+4922100000000",
    "start_stamp": NINE,
    "answer_stamp": "2026-04-11T09:00:12Z",
    "end_stamp": "2026-04-11T09:02:00Z",
    "duration": 120,
    "billusec": 108_000_000,
    "hangup_cause": "NORMAL_CLEARING",
}


def read_all(handler: Callable[[httpx.Request], httpx.Response]) -> tenios.CallRecords:
    client = tenios.TeniosClient(access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(handler))
    return client.call_records(start_at=START, end_at=START + timedelta(hours=1))


def read(handler: Callable[[httpx.Request], httpx.Response]) -> list[CallRecord]:
    return read_all(handler).legs


def read_items(*items: object) -> list[CallRecord]:
    page = {"items": items, "page": 1, "page_size": 100, "total_items": len(items)}
    return read(lambda _request: httpx.Response(200, content=json.dumps(page)))


def read_leg(**changes: object) -> CallRecord:
    [record] = read_items({**LEG, **changes})
    return record


def paged(pages: list[dict[str, Any]], requests: list[dict[str, Any]]) -> Callable[[httpx.Request], httpx.Response]:
    """Answer with the pages in turn, then always with the last one, and record the requests."""

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(json.loads(request.content))
        return httpx.Response(200, json=pages[min(len(requests), len(pages)) - 1])

    return handler


def test_leg_is_read_with_our_names() -> None:
    assert read_leg() == CallRecord(
        leg_uuid="leg-2",
        main_leg_uuid="leg-1",
        destination_type="external_number",
        is_inbound=False,
        destination="+4922100000000",
        started_at=START,
        answered_at=START + timedelta(seconds=12),
        ended_at=START + timedelta(minutes=2),
        hangup_cause="NORMAL_CLEARING",
    )


@pytest.mark.parametrize(
    ("call_type", "destination_type", "is_inbound"),
    [
        ("INBOUND", None, True),
        ("WEBRTCINBOUND", None, True),
        ("FORWARD", "external_number", False),
        ("SIPFORWARD_USER", "sip_user", False),
        ("SIPFORWARD_PRFL", "sip_trunk", False),
        ("sipforward_user", "sip_user", False),
        ("FAXOUT", None, False),
        (None, None, False),
    ],
)
def test_call_type_gives_the_destination_type(
    call_type: str | None, destination_type: str | None, is_inbound: bool
) -> None:
    record = read_leg(call_type=call_type, main_leg_uuid=None)

    assert (record.destination_type, record.is_inbound, record.main_leg_uuid) == (destination_type, is_inbound, "")


@pytest.mark.parametrize(
    "stamp",
    [
        NINE,
        "2026-04-11T09:00:00.000Z",
        "2026-04-11T09:00:00.0Z",
        "2026-04-11T09:00:00",
        "2026-04-11 09:00:00",
        " 2026-04-11 09:00:00.000000 ",
        "2026-04-11T11:00:00+02:00",
        "2026-04-11 11:00:00 +0200",
        "2026-04-11 03:00:00-06:00",
        "2026-04-11 09:00:00 UTC",
        1775898000,
        "1775898000",
        1775898000.0,
        1775898000000,
        "1775898000000",
        1775898000000000,
        "1775898000000000",
    ],
)
def test_time_is_read_in_every_format(stamp: object) -> None:
    record = read_leg(start_stamp=stamp, answer_stamp=stamp)

    assert record.started_at == record.answered_at == START
    assert record.started_at.tzinfo is UTC


@pytest.mark.parametrize(
    "stamp",
    [
        *(None, "", " ", 0, "0", 0.0, False, True, [], {}, "never", "9" * 5000, -1, "-5", 1e300),
        *("1970-01-01T00:00:00Z", "1970-01-01 01:00:00+01:00", "0000-00-00 00:00:00"),
        *("0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"),
    ],
)
def test_unreadable_time_means_not_answered(stamp: object) -> None:
    record = read_leg(answer_stamp=stamp, billusec=0, hangup_cause="NO_ANSWER")

    assert record.answered_at is None
    assert record.hangup_cause == "NO_ANSWER"


@pytest.mark.parametrize(
    ("billusec", "end_stamp", "seconds"),
    [
        (108_000_000, LEG["end_stamp"], 12),
        ("108000000", LEG["end_stamp"], 12),
        ("108000000.0", LEG["end_stamp"], 12),
        (999_000_000, LEG["end_stamp"], 0),
        (108_000_000, None, 0),
        (0, LEG["end_stamp"], None),
        ("0", LEG["end_stamp"], None),
        ("", LEG["end_stamp"], None),
        (None, LEG["end_stamp"], None),
        (-5, LEG["end_stamp"], None),
        ("many", LEG["end_stamp"], None),
    ],
)
def test_billed_time_proves_an_answer(billusec: object, end_stamp: str | None, seconds: int | None) -> None:
    record = read_leg(answer_stamp=None, billusec=billusec, end_stamp=end_stamp)

    assert record.answered_at == (None if seconds is None else START + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "broken",
    [None, "leg", [], {}, {**LEG, "uuid": None}, {**LEG, "uuid": " "}, {**LEG, "start_stamp": "soon"}],
)
def test_item_without_id_or_start_makes_the_records_not_whole(broken: object) -> None:
    page = {"items": [broken, LEG], "page": 1, "page_size": 100, "total_items": 2}

    records = read_all(lambda _request: httpx.Response(200, json=page))

    assert [leg.leg_uuid for leg in records.legs] == ["leg-2"]
    assert not records.is_whole


def test_completely_read_records_are_whole() -> None:
    page = {"items": [LEG], "page": 1, "page_size": 100, "total_items": 1}

    assert read_all(lambda _request: httpx.Response(200, json=page)).is_whole


def test_texts_are_storable_and_cut() -> None:
    record = read_leg(uuid="u" * 99, destination_number="a\x00b\ud800" + "c" * 200, hangup_cause=16)

    assert record.leg_uuid == "u" * 64
    assert record.destination == "a\ufffdb\ufffd" + "c" * 124
    assert record.hangup_cause == "16"


@pytest.mark.parametrize("total", [3, "3"])
def test_all_pages_are_read_by_the_page_size_of_the_answer(total: object) -> None:
    requests: list[dict[str, Any]] = []
    legs = [{**LEG, "uuid": f"leg-{n}", "start_stamp": f"2026-04-11T09:0{n}:00Z"} for n in (3, 1, 2)]
    pages = [{"items": [leg], "page": n, "page_size": 1, "total_items": total} for n, leg in enumerate(legs, start=1)]

    records = read(paged(pages, requests))

    assert [record.leg_uuid for record in records] == ["leg-1", "leg-2", "leg-3"]
    assert requests == [
        {
            "access_key": KEY,
            "start_date_from": "2026-04-11T09:00:00.000Z",
            "start_date_to": "2026-04-11T10:00:00.000Z",
            "page": page,
            "page_size": 100,
        }
        for page in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("pages", "count"),
    [
        ([{"items": [], "page": 1, "page_size": 0, "total_items": 5}], 1),
        ([{"items": [LEG], "page": 1, "page_size": 100, "total_items": 1}], 1),
        ([{"items": [LEG], "page": 1, "page_size": 0, "total_items": 1}], 1),
        ([{"items": [LEG], "page": 1, "page_size": 1, "total_items": 9}, {"items": []}], 2),
        ([{"items": [LEG]}, {"items": [LEG]}, {"items": []}], 3),
        ([{"items": [LEG], "total_items": "many"}, {"items": []}], 2),
    ],
)
def test_paging_ends(pages: list[dict[str, Any]], count: int) -> None:
    requests: list[dict[str, Any]] = []

    read(paged(pages, requests))

    assert len(requests) == count


def test_leg_on_two_pages_counts_once() -> None:
    pages = [{"items": [LEG], "page": n, "page_size": 1, "total_items": 2} for n in (1, 2)]

    assert len(read(paged(pages, []))) == 1


def test_endless_pages_are_given_up() -> None:
    requests: list[dict[str, Any]] = []

    with pytest.raises(tenios.TeniosUnavailable):
        read(paged([{"items": [LEG], "page": 1, "page_size": 1, "total_items": 10**9}], requests))

    assert len(requests) == 100


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html></html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"items": {}}'),
        (200, b"\xff"),
        (200, b"[" * 100_000),
        (200, b"x" * (2 * 1024 * 1024 + 1)),
        (302, b'{"items": []}'),
        (400, b'{"error_code":"BAD_CREDENTIALS"}'),
        (403, KEY.encode()),
        (500, b'{"items": []}'),
    ],
)
def test_answer_without_records_is_no_empty_list(status: int, body: bytes) -> None:
    with pytest.raises(tenios.TeniosUnavailable) as caught:
        read(lambda _request: httpx.Response(status, content=body))

    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None  # a tracker would show the answer


def test_network_failure_is_no_empty_list() -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    with pytest.raises(tenios.TeniosUnavailable):
        read(fail)


def test_one_unreadable_page_fails_the_whole_read() -> None:
    pages: list[dict[str, Any]] = [{"items": [LEG], "page": 1, "page_size": 1, "total_items": 2}, {"error": True}]

    with pytest.raises(tenios.TeniosUnavailable):
        read(paged(pages, []))


def test_period_is_sent_in_utc_and_needs_a_time_zone() -> None:
    requests: list[dict[str, Any]] = []
    client = tenios.TeniosClient(
        access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(paged([{"items": []}], requests))
    )
    berlin = timezone(timedelta(hours=2))

    client.call_records(start_at=datetime(2026, 4, 11, 11, tzinfo=berlin), end_at=START)

    assert requests[0]["start_date_from"] == "2026-04-11T09:00:00.000Z"
    with pytest.raises(ValueError, match="zone"):
        client.call_records(start_at=datetime(2026, 4, 11, 11), end_at=START)  # noqa: DTZ001
