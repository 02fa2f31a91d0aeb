import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import OperationalError

from transfers.management.commands import sweep
from transfers.operations import heartbeats
from transfers.operations.heartbeats import Part

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def sweep_until_told_to_stop(monkeypatch: pytest.MonkeyPatch, *, fails: bool) -> None:
    def sweep_once(_pool: ThreadPoolExecutor) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        if fails:
            raise OperationalError("as told")

    monkeypatch.setattr(sweep, "sweep_once", sweep_once)
    monkeypatch.setattr(sweep, "close_old_connections", lambda: None)
    call_command("sweep")


def test_a_sweeper_that_has_swept_gives_its_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_until_told_to_stop(monkeypatch, fails=False)

    assert heartbeats.ages()[Part.SWEEPER] is not None


def test_a_sweeper_that_cannot_do_its_work_gives_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sweep_until_told_to_stop(monkeypatch, fails=True)

    assert heartbeats.ages()[Part.SWEEPER] is None
    assert "the database did not answer" in capsys.readouterr().err
