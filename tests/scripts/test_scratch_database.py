"""Each running system gets an empty database of its own."""

from pathlib import Path

import psycopg
import pytest

from scripts.embedded_postgres import running_postgres
from scripts.postgres_binaries import PostgresNotAvailable
from scripts.scratch_database import scratch_database


def test_for_sqlite_it_is_a_file_in_the_folder(tmp_path: Path) -> None:
    with scratch_database(like="sqlite:///var/test.sqlite3", folder=tmp_path) as url:
        assert url == f"sqlite:///{tmp_path}/db.sqlite3"


def test_for_postgresql_it_is_a_database_that_is_dropped_even_when_in_use(tmp_path: Path) -> None:
    try:
        server = running_postgres(log_path=tmp_path / "postgres.log")
        with server as server_url:
            with scratch_database(like=server_url, folder=tmp_path) as url:
                left_open = psycopg.connect(url)
                name = left_open.execute("SELECT current_database()").fetchone()

            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url)
            left_open.close()
    except PostgresNotAvailable as reason:
        pytest.skip(str(reason))

    assert name
    assert name[0].startswith("transferdesk_")
