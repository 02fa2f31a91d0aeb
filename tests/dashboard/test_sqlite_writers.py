"""On SQLite one thread of a process writes at a time, and every way to end a transaction lets the next one write."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from tenios_dashboard.sqlite3 import base
from tests.foreign_lock import foreign_lock
from transfers.base.database import lock_wait_limited_to
from transfers.models import User

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has locks of its own for this"),
]


class Failure(Exception):
    """An error inside a transaction."""


def commit() -> None:
    with transaction.atomic():
        User.objects.update(first_name="x")


def roll_back() -> None:
    with pytest.raises(Failure), transaction.atomic():
        raise Failure


def fail_to_begin() -> None:
    with foreign_lock(), lock_wait_limited_to(0.05), pytest.raises(OperationalError), transaction.atomic():
        raise AssertionError("another connection has locked the file")


def close_inside() -> None:
    with transaction.atomic():
        connection.close()


def commit_nested() -> None:
    with transaction.atomic(), transaction.atomic():
        User.objects.update(first_name="x")


def write_after_commit() -> None:
    with transaction.atomic():
        transaction.on_commit(commit)


@pytest.mark.parametrize("end", [commit, roll_back, fail_to_begin, close_inside, commit_nested, write_after_commit])
def test_every_end_of_a_transaction_lets_the_next_one_write(end: Callable[[], None]) -> None:
    end()

    assert not base._write_lock.locked()
    with transaction.atomic():
        assert base._write_lock.locked()


def test_waiting_too_long_for_another_thread_raises_the_error_of_sqlite() -> None:
    def try_to_write() -> None:
        try:
            with lock_wait_limited_to(0.05), transaction.atomic():
                raise AssertionError("another thread is writing")
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool, pytest.raises(OperationalError, match="locked"):
        pool.submit(try_to_write).result(timeout=10)


def test_a_limited_lock_wait_ends_with_its_connection() -> None:
    def reconnect() -> float:
        try:
            with lock_wait_limited_to(0.05):
                connection.close()
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout")
                return float(cursor.fetchone()[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        milliseconds = pool.submit(reconnect).result(timeout=10)

    assert milliseconds > 1000


def test_many_threads_write_one_after_the_other() -> None:
    def count_up() -> None:
        try:
            with transaction.atomic():
                known = User.objects.get(username="counter")
                known.first_name = str(int(known.first_name) + 1)
                known.save()
        finally:
            connection.close()

    User.objects.create(username="counter", first_name="0")
    with ThreadPoolExecutor(12) as pool:
        for each in [pool.submit(count_up) for _writer in range(60)]:
            each.result(timeout=20)

    assert User.objects.get(username="counter").first_name == "60"
