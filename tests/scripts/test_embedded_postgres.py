"""The throw-away PostgreSQL: a real server where there are binaries, and a plain reason where not."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from scripts import postgres_binaries
from scripts.embedded_postgres import DURABLE_SETTINGS, running_postgres, running_server
from scripts.postgres_binaries import PostgresNotAvailable, find_postgres_binaries


def has_binaries() -> bool:
    try:
        find_postgres_binaries()
    except PostgresNotAvailable:
        return False
    return True


@pytest.mark.skipif(not has_binaries(), reason="no PostgreSQL server binary on this machine")
def test_a_server_answers_while_the_block_runs_and_is_gone_afterwards(tmp_path: Path) -> None:
    with running_postgres(log_path=tmp_path / "postgres.log") as url, psycopg.connect(url) as connection:
        answer = connection.execute("SELECT current_user, current_setting('fsync')").fetchone()

    assert answer == ("postgres", "off")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=2)


@pytest.mark.parametrize("ending", [signal.SIGQUIT, signal.SIGKILL], ids=["immediate shutdown", "killed"])
@pytest.mark.skipif(not has_binaries(), reason="no PostgreSQL server binary on this machine")
def test_a_server_that_was_ended_starts_again_with_what_was_committed(tmp_path: Path, ending: signal.Signals) -> None:
    with running_server(log_path=tmp_path / "postgres.log", settings=DURABLE_SETTINGS) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT current_setting('fsync') AS fsync")
        os.kill(server.process.pid, ending)

        server.start_again()

        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT fsync FROM kept").fetchone() == ("on",)


@pytest.mark.skipif(not has_binaries(), reason="no PostgreSQL server binary on this machine")
def test_nobody_gets_in_without_the_password(tmp_path: Path) -> None:
    log_path = tmp_path / "postgres.log"
    with running_postgres(log_path=log_path) as url, pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url, password="a-guess", connect_timeout=2)


def test_without_binaries_the_reason_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_system_folders", list)
    monkeypatch.setattr(postgres_binaries, "_package_folders", list)

    server = running_postgres(log_path=tmp_path / "postgres.log")
    with pytest.raises(PostgresNotAvailable, match="no PostgreSQL server binary was found"), server:
        pytest.fail("there is no server to give")


def test_binaries_that_do_not_work_are_reported_with_their_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("#!/bin/sh\necho no such locale >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(postgres_binaries, "_system_folders", lambda: [tmp_path])

    server = running_postgres(log_path=tmp_path / "postgres.log")
    with pytest.raises(PostgresNotAvailable, match=r"no such locale|Permission denied"), server:
        pytest.fail("there is no server to give")
