"""A starting worker purges a queue that is too long, with a real Redis."""

from collections.abc import Iterator

import pytest
import redis
from kombu import Connection

from scripts.embedded_redis import EmbeddedRedis
from tenios_dashboard.celery import MOST_WAITING_MESSAGES, purge_long_queue

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
            queue.put("message")


def waiting(server: EmbeddedRedis) -> int:
    with redis.Redis.from_url(server.url) as client:
        return int(client.llen(QUEUE))


def test_a_long_queue_is_purged(server: EmbeddedRedis, connection: Connection) -> None:
    put(connection, MOST_WAITING_MESSAGES + 1)

    purged = purge_long_queue(connection, QUEUE)

    assert purged == MOST_WAITING_MESSAGES + 1
    assert waiting(server) == 0


def test_a_short_queue_stays_as_it_is(server: EmbeddedRedis, connection: Connection) -> None:
    put(connection, MOST_WAITING_MESSAGES)

    assert purge_long_queue(connection, QUEUE) == 0
    assert waiting(server) == MOST_WAITING_MESSAGES


def test_a_queue_that_does_not_exist_is_no_error(connection: Connection) -> None:
    assert purge_long_queue(connection, "never-was") == 0
