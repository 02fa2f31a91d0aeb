"""Reads the health with a real Redis that works, refuses or hangs, and with a database that fails or hangs."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.db import OperationalError, connection, connections
from django.utils import timezone

from scripts.embedded_redis import EmbeddedRedis
from scripts.net import free_port
from transfers.base import redis_queue
from transfers.base.redis_queue import RedisQueue
from transfers.models import Heartbeat, SendingGate
from transfers.operations import Part, heartbeats, record_heartbeat
from transfers.operations.health import Condition, SystemHealth, read_health, reading, recent_health, shared
from transfers.operations.health.reading import PING_SECONDS, SECOND_PING_AFTER_SECONDS
from transfers.operations.health.shared import SharedHealth


def use_redis(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    client = redis.Redis.from_url(url, socket_timeout=PING_SECONDS, socket_connect_timeout=PING_SECONDS)
    monkeypatch.setattr(reading, "_redis", client)


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(run_dir=tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def answering_redis(redis_server: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    use_redis(monkeypatch, redis_server.url)


@pytest.fixture
def hung_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_redis(monkeypatch, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        yield


@pytest.fixture
def all_parts_working(db: None) -> None:
    for part in Part:
        record_heartbeat(part)


def seconds_of(shared_health: SharedHealth | None = None, *, pings: int = 1) -> tuple[SystemHealth, float]:
    began = time.monotonic()
    health = shared_health.read() if shared_health else read_health(pings=pings)
    return health, time.monotonic() - began


@pytest.mark.usefixtures("answering_redis", "all_parts_working")
def test_condition_is_working_when_every_part_has_a_heartbeat() -> None:
    assert read_health().condition == Condition.WORKING


@pytest.mark.usefixtures("answering_redis", "all_parts_working")
@pytest.mark.parametrize(
    ("part", "condition"),
    [(Part.WORKER, Condition.WORKER_SILENT), (Part.SWEEPER, Condition.SWEEPER_SILENT)],
)
def test_part_is_silent_after_ten_seconds(part: Part, condition: Condition) -> None:
    row = Heartbeat.objects.filter(part=part)

    row.update(beat_at=timezone.now() - timedelta(seconds=8))
    before = read_health().condition
    row.update(beat_at=timezone.now() - timedelta(seconds=12))

    assert before == Condition.WORKING
    assert read_health().condition == condition


@pytest.mark.usefixtures("answering_redis", "all_parts_working")
def test_stopped_gate_is_reported() -> None:
    SendingGate.objects.create(pk=1, stopped_at=timezone.now())

    assert read_health().condition == Condition.KEY_REFUSED


@pytest.mark.usefixtures("all_parts_working")
def test_redis_that_refuses_connections_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    use_redis(monkeypatch, f"redis://127.0.0.1:{free_port()}/0")

    assert read_health().condition == Condition.REDIS_AWAY


@pytest.mark.usefixtures("hung_redis", "all_parts_working")
@pytest.mark.parametrize(("pings", "least"), [(1, PING_SECONDS), (2, 2 * PING_SECONDS + SECOND_PING_AFTER_SECONDS)])
def test_hanging_redis_delays_the_read_only_until_its_timeout(pings: int, least: float) -> None:
    health, seconds = seconds_of(pings=pings)

    assert health.condition == Condition.REDIS_AWAY
    assert least <= seconds < least + 0.5


@pytest.mark.usefixtures("answering_redis", "all_parts_working")
def test_second_ping_makes_up_for_a_lost_one(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[Exception | bool] = iter([redis.TimeoutError("failure of the test"), True])

    class FailsOnce:
        def ping(self) -> bool:
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

    monkeypatch.setattr(reading, "_redis", FailsOnce())

    assert read_health(pings=2).is_redis_ok


@pytest.mark.usefixtures("answering_redis", "db")
def test_without_the_database_nothing_else_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("failure of the test")

    monkeypatch.setattr(heartbeats, "last_heartbeats", fail)

    health = read_health()

    assert health == SystemHealth(is_database_ok=False, is_redis_ok=True)
    assert health.condition == Condition.DATABASE_AWAY


@pytest.mark.usefixtures("answering_redis")
@pytest.mark.django_db(transaction=True)
def test_shared_read_sees_committed_heartbeats() -> None:
    for part in Part:
        record_heartbeat(part)

    assert SharedHealth(read_health).read().condition == Condition.WORKING


def test_hanging_database_is_reported_in_time_and_read_only_once() -> None:
    is_over = threading.Event()
    reads: list[None] = []

    def hang() -> SystemHealth:
        reads.append(None)
        is_over.wait(20)
        return SystemHealth(is_database_ok=False, is_redis_ok=True)

    shared_health = SharedHealth(hang, timeout_seconds=0.2)

    first, seconds = seconds_of(shared_health)
    second, _ = seconds_of(shared_health)
    is_over.set()

    assert first == second == SystemHealth(is_database_ok=False, is_redis_ok=None)
    assert seconds < 1
    assert len(reads) == 1


@pytest.mark.django_db(transaction=True)
def test_shared_read_closes_its_database_connection() -> None:
    used = []

    def read() -> SystemHealth:
        connection.ensure_connection()
        used.append(connections["default"])
        return SystemHealth(is_database_ok=True, is_redis_ok=True)

    SharedHealth(read).read()

    assert [each.connection for each in used] == [None]
    assert used != [connections["default"]]


def test_event_loop_waits_without_a_thread() -> None:
    is_over = threading.Event()
    working = SystemHealth(is_database_ok=True, is_redis_ok=True)

    def hang() -> SystemHealth:
        is_over.wait(20)
        return working

    shared_health = SharedHealth(hang, timeout_seconds=0.2)

    async def read_three_times() -> tuple[list[SystemHealth], list[str]]:
        timed_out = await asyncio.gather(shared_health.read_async(), shared_health.read_async())
        loop_threads = [thread.name for thread in threading.enumerate() if thread.name.startswith("asyncio")]
        is_over.set()
        return [*timed_out, await shared_health.read_async()], loop_threads

    results, loop_threads = asyncio.run(read_three_times())

    assert results == [SystemHealth(is_database_ok=False, is_redis_ok=None)] * 2 + [working]
    assert loop_threads == []


def test_error_is_raised_and_the_next_read_is_a_new_one() -> None:
    working = SystemHealth(is_database_ok=True, is_redis_ok=True)
    results: Iterator[Exception | SystemHealth] = iter([RuntimeError("failure of the test"), working])

    def read() -> SystemHealth:
        result = next(results)
        if isinstance(result, Exception):
            raise result
        return result

    own = SharedHealth(read)

    with pytest.raises(RuntimeError):
        own.read()

    assert own.read() == working


def test_result_is_recent_for_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 100.0}
    monkeypatch.setattr("transfers.operations.health.shared.time.monotonic", lambda: clock["now"])
    own = SharedHealth(lambda: SystemHealth(is_database_ok=True, is_redis_ok=True))

    before = own.recent()
    health = own.read()
    clock["now"] = 103.0
    after_three_seconds = own.recent()
    clock["now"] = 103.1

    assert before is None
    assert after_three_seconds == health
    assert own.recent() is None


@pytest.mark.usefixtures("answering_redis", "all_parts_working")
def test_page_reads_the_health_only_without_a_recent_result(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = SystemHealth(is_database_ok=True, is_redis_ok=False)
    own = SharedHealth(lambda: stopped)
    monkeypatch.setattr(shared, "shared_health", own)
    # The queue of this process may still be paused by a failure in an earlier test.
    monkeypatch.setattr(redis_queue, "queue", RedisQueue())

    alone = recent_health()
    own.read()

    assert alone.condition == Condition.WORKING
    assert recent_health() == stopped
