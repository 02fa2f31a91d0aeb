"""The temporary PostgreSQL server: why it cannot be started is said plainly. That it works, each run on it shows."""

from pathlib import Path

import pytest

from scripts import postgres_binaries
from scripts.embedded_postgres import running_postgres
from scripts.postgres_binaries import PostgresNotAvailable


def test_missing_binaries_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_system_folders", list)
    monkeypatch.setattr(postgres_binaries, "_package_folders", list)

    server = running_postgres(log_path=tmp_path / "postgres.log")
    with pytest.raises(PostgresNotAvailable, match="no PostgreSQL server binary was found"), server:
        pytest.fail("there is no server to give")


def test_binaries_that_fail_are_reported_with_their_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).write_text("#!/bin/sh\necho no such locale >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(postgres_binaries, "_system_folders", lambda: [tmp_path])

    server = running_postgres(log_path=tmp_path / "postgres.log")
    with pytest.raises(PostgresNotAvailable, match=r"no such locale|Permission denied"), server:
        pytest.fail("there is no server to give")
