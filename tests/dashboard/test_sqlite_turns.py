"""SQLite's writers of one process take turns, and however a transaction ends, the next one gets its own."""

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


class Trouble(Exception):
    """Something that goes wrong inside a transaction."""


def end_well() -> None:
    with transaction.atomic():
        User.objects.update(first_name="x")


def end_in_trouble() -> None:
    with pytest.raises(Trouble), transaction.atomic():
        raise Trouble


def end_without_a_beginning() -> None:
    with foreign_lock(), lock_wait_limited_to(0.05), pytest.raises(OperationalError), transaction.atomic():
        raise AssertionError("somebody else holds the file")


def end_by_closing() -> None:
    with transaction.atomic():
        connection.close()


def end_inside_another() -> None:
    with transaction.atomic(), transaction.atomic():
        User.objects.update(first_name="x")


@pytest.mark.parametrize("end", [end_well, end_in_trouble, end_without_a_beginning, end_by_closing, end_inside_another])
def test_however_a_transaction_ends_its_turn_is_over(end: Callable[[], None]) -> None:
    end()

    assert not base._turn.locked()
    with transaction.atomic():
        assert base._turn.locked()


def test_who_waits_for_a_turn_too_long_is_told_as_sqlite_does() -> None:
    def wait_in_vain() -> None:
        try:
            with lock_wait_limited_to(0.05), transaction.atomic():
                raise AssertionError("it is not my turn")
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool, pytest.raises(OperationalError, match="locked"):
        pool.submit(wait_in_vain).result(timeout=10)


def test_a_bound_ends_with_its_connection() -> None:
    def connect_anew() -> float:
        try:
            with lock_wait_limited_to(0.05):
                connection.close()
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout")
                return float(cursor.fetchone()[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        milliseconds = pool.submit(connect_anew).result(timeout=10)

    assert milliseconds > 1000


def test_many_writers_of_a_process_all_get_their_turn() -> None:
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
