from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from transfers import audit_log
from transfers.audit_log import AuditAction, guard, trail_check
from transfers.audit_log.trail_check import TrailReport
from transfers.lifecycle.gate import GateState
from transfers.models import AuditEntry
from transfers.operations.connection_report import (
    Exchange,
    PostCount,
    Tile,
    age_text,
    make_tiles,
    read_last_check,
    read_last_exchange,
)
from transfers.operations.health import SystemHealth
from transfers.operations.heartbeats import LastHeartbeat


def tiles(
    *, exchange: Exchange | None = None, posts: Any = (), chain: TrailReport | None = None, **health: Any
) -> dict[str, Tile]:
    parts = {"is_database_ok": True, "is_redis_ok": True, **health}
    made = make_tiles(health=SystemHealth(**parts), exchange=exchange, posts=posts, chain=chain)
    return dict(zip(("interface", "posts", "senders", "chain"), made, strict=True))


def gate(**parts: Any) -> GateState:
    return GateState(read_at=timezone.now(), **parts)


def make_exchange(**parts: Any) -> Exchange:
    values = {"at": timezone.now(), "seconds": 0.1824, "http_status": 200, "is_key_refused": False, **parts}
    return Exchange(**values)


def heartbeat(age_seconds: float | None) -> LastHeartbeat | None:
    """A heartbeat of that age; None for never."""
    if age_seconds is None:
        return None
    return LastHeartbeat(timezone.now() - timedelta(seconds=age_seconds), age_seconds)


def record(action: AuditAction, **detail: Any) -> None:
    with transaction.atomic():
        audit_log.record(actor="worker", action=action, detail=detail)


@pytest.mark.parametrize(
    ("make_parts", "tone", "value"),
    [
        (lambda: {"exchange": make_exchange()}, "answered", "182 ms"),
        (lambda: {"exchange": make_exchange(http_status=400)}, "answered", "182 ms"),
        (lambda: {"exchange": make_exchange(http_status=500)}, "unknown", "182 ms"),
        (lambda: {"exchange": make_exchange(http_status=None)}, "unknown", "Open"),
        (lambda: {"exchange": make_exchange(http_status=403, is_key_refused=True)}, "unknown", "Open"),
        (dict, "idle", "Open"),
        (
            lambda: {"gate": gate(stopped_at=timezone.now(), stop_code="HTTP 403"), "exchange": make_exchange()},
            "failed",
            "Stopped",
        ),
        (lambda: {"gate": gate(paused_until_at=timezone.now() + timedelta(seconds=9))}, "unknown", "Paused"),
    ],
)
def test_tile_of_the_interface_shows_the_gate_or_the_last_answer(
    make_parts: Callable[[], dict[str, Any]], tone: str, value: str
) -> None:
    tile = tiles(**make_parts())["interface"]

    assert (tile.tone, tile.value) == (tone, value)


@pytest.mark.parametrize(
    ("worker", "sweeper", "is_redis_ok", "tone", "value"),
    [
        (1, 1, True, "answered", "Both at work"),
        (1, 1, False, "unknown", "Redis silent"),
        (48, 1, True, "unknown", "Worker silent"),
        (1, 48, True, "unknown", "Sweeper silent"),
        (48, None, True, "failed", "Both silent"),
    ],
)
def test_tile_of_the_senders_shows_their_heartbeats(
    worker: float | None, sweeper: float | None, is_redis_ok: bool, tone: str, value: str
) -> None:
    tile = tiles(is_redis_ok=is_redis_ok, worker=heartbeat(worker), sweeper=heartbeat(sweeper))["senders"]

    assert (tile.tone, tile.value) == (tone, value)
    assert f"worker {worker} s ago" in tile.note


def test_number_of_events_has_thousands_separators() -> None:
    posts = [PostCount("BLOCK_END", timezone.now() - timedelta(seconds=4), 1_200), PostCount("X", timezone.now(), 4)]

    tile = tiles(posts=posts)["posts"]

    assert (tile.tone, tile.value, tile.note) == ("answered", "4 s ago", "last: BLOCK_END; 1,204 today")


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-3), "0 s ago"),
        (timedelta(seconds=59.9), "59 s ago"),
        (timedelta(seconds=60.1), "1 min ago"),
        (timedelta(minutes=59.9), "59 min ago"),
        (timedelta(hours=23.9), "23 h ago"),
        (timedelta(days=1.1), "1 day ago"),
        (timedelta(days=6.9), "6 days ago"),
    ],
)
def test_age_is_written_in_the_largest_unit_that_fits(age: timedelta, text: str) -> None:
    assert age_text(timezone.now() - age) == text


@pytest.mark.django_db
def test_chain_is_checked_from_its_end() -> None:
    for _ in range(7):
        record(AuditAction.TRANSFER_SENDING)

    report = trail_check.check_tail(5)
    tile = tiles(chain=report)["chain"]

    assert report is not None
    assert (report.first_seq, report.last_seq) == (3, 7)
    assert (tile.tone, tile.value, tile.note) == ("answered", "7", "entries; the last 5 are as recorded")


@pytest.mark.django_db
def test_changed_entry_at_the_end_is_reported() -> None:
    for _ in range(4):
        record(AuditAction.TRANSFER_SENDING)
    guard.remove(connection)
    AuditEntry.objects.filter(seq=3).update(actor="somebody")

    tile = tiles(chain=trail_check.check_tail(100))["chain"]

    assert (tile.tone, tile.note) == ("failed", "entries; not as recorded: 3. Run audit_verify.")


@pytest.mark.django_db
def test_last_exchange_is_the_last_entry_with_an_answer() -> None:
    record(AuditAction.TRANSFER_REJECTED, answer={"http_status": 400, "seconds": 0.25})
    record(AuditAction.TRANSFER_ACCEPTED, evidence={"source": "person"})

    exchange = read_last_exchange()

    assert exchange is not None
    assert (exchange.http_status, exchange.seconds, exchange.is_key_refused) == (400, 0.25, False)


@pytest.mark.django_db
def test_empty_log_has_neither_exchange_nor_check() -> None:
    assert read_last_exchange() is None
    assert read_last_check() is None
    assert trail_check.check_tail(100) is None
