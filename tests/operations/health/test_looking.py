"""Looks at real parts: a Redis that is there, refuses or hangs, a database that is away or hangs."""

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
from transfers.operations import heartbeats
from transfers.operations.health import Condition, SystemHealth, bounded_look, read_health, reading, recent_health
from transfers.operations.health.bounded_look import Lookout
from transfers.operations.health.reading import PING_SECONDS, SECOND_PING_AFTER_SECONDS
from transfers.operations.heartbeats import Part


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
    """Something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_redis(monkeypatch, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        yield


@pytest.fixture
def all_beat(db: None) -> None:
    for part in Part:
        heartbeats.beat(part)


def seconds_of(look: "Lookout | None" = None, *, pings: int = 1) -> tuple[SystemHealth, float]:
    began = time.monotonic()
    health = look.look() if look else read_health(pings=pings)
    return health, time.monotonic() - began


@pytest.mark.usefixtures("answering_redis", "all_beat")
def test_all_is_well_where_every_part_gives_a_sign_of_life() -> None:
    assert read_health().condition == Condition.WORKING


@pytest.mark.usefixtures("answering_redis", "all_beat")
@pytest.mark.parametrize(
    ("part", "condition"),
    [(Part.WORKER, Condition.WORKER_SILENT), (Part.SWEEPER, Condition.SWEEPER_SILENT)],
)
def test_a_part_is_silent_after_ten_seconds(part: Part, condition: Condition) -> None:
    row = Heartbeat.objects.filter(part=part)

    row.update(beat_at=timezone.now() - timedelta(seconds=8))
    before = read_health().condition
    row.update(beat_at=timezone.now() - timedelta(seconds=12))

    assert before == Condition.WORKING
    assert read_health().condition == condition


@pytest.mark.usefixtures("answering_redis", "all_beat")
def test_the_gate_is_looked_at() -> None:
    SendingGate.objects.create(pk=1, stopped_at=timezone.now())

    assert read_health().condition == Condition.KEY_REFUSED


@pytest.mark.usefixtures("all_beat")
def test_a_redis_that_refuses_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    use_redis(monkeypatch, f"redis://127.0.0.1:{free_port()}/0")

    assert read_health().condition == Condition.REDIS_AWAY


@pytest.mark.usefixtures("hung_redis", "all_beat")
@pytest.mark.parametrize(("pings", "least"), [(1, PING_SECONDS), (2, 2 * PING_SECONDS + SECOND_PING_AFTER_SECONDS)])
def test_a_redis_that_hangs_is_waited_for_a_bounded_time(pings: int, least: float) -> None:
    health, seconds = seconds_of(pings=pings)

    assert health.condition == Condition.REDIS_AWAY
    assert least <= seconds < least + 0.5


@pytest.mark.usefixtures("answering_redis", "all_beat")
def test_one_missed_ping_is_no_news_to_a_lookout(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[Exception | bool] = iter([redis.TimeoutError("as told"), True])

    class Once:
        def ping(self) -> bool:
            answer = next(answers)
            if isinstance(answer, Exception):
                raise answer
            return answer

    monkeypatch.setattr(reading, "_redis", Once())

    assert read_health(pings=2).is_redis_ok


@pytest.mark.usefixtures("answering_redis", "db")
def test_a_database_that_refuses_is_away_and_nothing_else_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("as told")

    monkeypatch.setattr(heartbeats, "last_beats", fail)

    health = read_health()

    assert health == SystemHealth(is_database_ok=False, is_redis_ok=True)
    assert health.condition == Condition.DATABASE_AWAY


@pytest.mark.usefixtures("answering_redis")
@pytest.mark.django_db(transaction=True)
def test_a_lookout_sees_what_is_committed() -> None:
    for part in Part:
        heartbeats.beat(part)

    assert Lookout(read_health).look().condition == Condition.WORKING


def test_a_database_that_hangs_is_away_within_the_time_and_is_not_asked_again_meanwhile() -> None:
    is_over = threading.Event()
    looks: list[None] = []

    def hang() -> SystemHealth:
        looks.append(None)
        is_over.wait(20)
        return SystemHealth(is_database_ok=False, is_redis_ok=True)

    impatient = Lookout(hang, seconds=0.2)

    first, seconds = seconds_of(impatient)
    second, _ = seconds_of(impatient)
    is_over.set()

    assert first == second == SystemHealth(is_database_ok=False, is_redis_ok=None)
    assert seconds < 1
    assert len(looks) == 1


@pytest.mark.django_db(transaction=True)
def test_a_look_leaves_no_connection_behind() -> None:
    of_the_look = []

    def read() -> SystemHealth:
        connection.ensure_connection()
        of_the_look.append(connections["default"])
        return SystemHealth(is_database_ok=True, is_redis_ok=True)

    Lookout(read).look()

    assert [each.connection for each in of_the_look] == [None]
    assert of_the_look != [connections["default"]]


def test_an_event_loop_that_waits_for_a_look_goes_on_and_holds_no_thread_for_it() -> None:
    is_over = threading.Event()
    working = SystemHealth(is_database_ok=True, is_redis_ok=True)

    def hang() -> SystemHealth:
        is_over.wait(20)
        return working

    impatient = Lookout(hang, seconds=0.2)

    async def look_twice() -> tuple[list[SystemHealth], list[str]]:
        cut_short = await asyncio.gather(impatient.look_from_loop(), impatient.look_from_loop())
        of_the_loop = [thread.name for thread in threading.enumerate() if thread.name.startswith("asyncio")]
        is_over.set()
        return [*cut_short, await impatient.look_from_loop()], of_the_loop

    seen, of_the_loop = asyncio.run(look_twice())

    assert seen == [SystemHealth(is_database_ok=False, is_redis_ok=None)] * 2 + [working]
    assert of_the_loop == []


def test_what_breaks_a_look_is_raised_and_the_next_look_is_a_new_one() -> None:
    working = SystemHealth(is_database_ok=True, is_redis_ok=True)
    looks: Iterator[Exception | SystemHealth] = iter([RuntimeError("as told"), working])

    def read() -> SystemHealth:
        seen = next(looks)
        if isinstance(seen, Exception):
            raise seen
        return seen

    own = Lookout(read)

    with pytest.raises(RuntimeError):
        own.look()

    assert own.look() == working


def test_what_was_seen_lately_is_remembered_for_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"now": 100.0}
    monkeypatch.setattr("transfers.operations.health.bounded_look.time.monotonic", lambda: clock["now"])
    own = Lookout(lambda: SystemHealth(is_database_ok=True, is_redis_ok=True))

    before = own.seen_lately()
    seen = own.look()
    clock["now"] = 103.0
    lately = own.seen_lately()
    clock["now"] = 103.1

    assert before is None
    assert lately == seen
    assert own.seen_lately() is None


@pytest.mark.usefixtures("answering_redis", "all_beat")
def test_a_page_looks_itself_only_where_nobody_has_looked_lately(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = SystemHealth(is_database_ok=True, is_redis_ok=False)
    own = Lookout(lambda: stopped)
    monkeypatch.setattr(bounded_look, "lookout", own)
    # The process's own line may rest from the Redis that an earlier test missed.
    monkeypatch.setattr(redis_queue, "line", RedisQueue())

    alone = recent_health()
    own.look()

    assert alone.condition == Condition.WORKING
    assert recent_health() == stopped
