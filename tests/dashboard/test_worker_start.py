"""What a starting worker finds in its queue, with a real Redis."""

from collections.abc import Iterator

import pytest
import redis
from kombu import Connection

from scripts.embedded_redis import EmbeddedRedis
from tenios_dashboard.celery import MOST_WAITING_MESSAGES, drop_backlog

QUEUE = "transfers"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(run_dir=tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connection(server: EmbeddedRedis) -> Iterator[Connection]:
    with Connection(server.url.replace("unix://", "redis+socket://", 1)) as connection:
        connection.SimpleQueue(QUEUE).clear()
        yield connection


def put(connection: Connection, number: int) -> None:
    with connection.SimpleQueue(QUEUE) as queue:
        for _ in range(number):
            queue.put("bell")


def waiting(server: EmbeddedRedis) -> int:
    with redis.Redis.from_url(server.url) as client:
        return int(client.llen(QUEUE))


def test_what_piled_up_without_a_worker_is_dropped(server: EmbeddedRedis, connection: Connection) -> None:
    put(connection, MOST_WAITING_MESSAGES + 1)

    dropped = drop_backlog(connection, QUEUE)

    assert dropped == MOST_WAITING_MESSAGES + 1
    assert waiting(server) == 0


def test_a_short_queue_is_left_as_it_is(server: EmbeddedRedis, connection: Connection) -> None:
    put(connection, MOST_WAITING_MESSAGES)

    assert drop_backlog(connection, QUEUE) == 0
    assert waiting(server) == MOST_WAITING_MESSAGES


def test_a_queue_that_never_was_holds_nothing(connection: Connection) -> None:
    assert drop_backlog(connection, "never-was") == 0
