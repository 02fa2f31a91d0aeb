import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError

from transfers.management.commands import sweep
from transfers.operations import Part, heartbeats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def sweep_once_and_stop(monkeypatch: pytest.MonkeyPatch, *, fails: bool) -> None:
    def sweep_once(_pool: ThreadPoolExecutor) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        if fails:
            raise OperationalError("failure of the test")

    monkeypatch.setattr(sweep, "sweep_once", sweep_once)
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)
    call_command("sweep")


def test_successful_sweep_records_a_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_once_and_stop(monkeypatch, fails=False)

    assert heartbeats.last_heartbeats()[Part.SWEEPER] is not None


def test_failing_sweep_records_no_heartbeat(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep_once_and_stop(monkeypatch, fails=True)

    assert heartbeats.last_heartbeats()[Part.SWEEPER] is None
    assert "the database did not answer" in capsys.readouterr().err
