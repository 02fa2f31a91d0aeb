"""The sweeper checks a key that was changed since TENIOS refused it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.lifecycle.closed_gate import stop, sweep
from tests.lifecycle.gate.asking import KEY, NEW_KEY, accepting, asking, refusing
from transfers.lifecycle import execution, gate, sweeper
from transfers.models import SendingGate, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the sweeper's work leave the connection of the test open."""
    monkeypatch.setattr(sweeper, "close_old_connections", lambda: None)


def test_a_changed_key_is_checked_by_the_sweeper_and_opens_the_gate(
    ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = NEW_KEY
    monkeypatch.setattr(execution, "make_client", lambda: accepting(key=NEW_KEY, asked=asked))
    stop()

    sweep()

    assert gate.read_gate().is_open
    assert asked == ["/cdrs/retrieve"]


@pytest.mark.parametrize(
    "status",
    [403, 500],
    ids=["refused", "unclear"],
)
def test_a_changed_key_is_checked_once_for_each_stop_whatever_the_result(
    monkeypatch: pytest.MonkeyPatch, settings: Any, status: int
) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = NEW_KEY
    client = asking(lambda: httpx.Response(status), key=NEW_KEY, asked=asked)
    monkeypatch.setattr(execution, "make_client", lambda: client)
    stop()

    for _ in range(5):
        sweep()

    assert gate.read_gate().is_stopped
    assert len(asked) == 1


def test_two_sweepers_with_two_wrong_keys_check_each_key_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asked: list[str] = []
    memories: dict[str, set[Any]] = {NEW_KEY: set(), "another-wrong-key-0000": set()}
    stop()

    for _ in range(5):
        for key, memory in memories.items():
            settings.TENIOS_ACCESS_KEY = key
            client = refusing(key=key, asked=asked)
            monkeypatch.setattr(execution, "make_client", lambda client=client: client)
            monkeypatch.setattr(sweeper, "_checked_stops", memory)
            sweep()

    assert len(asked) == 2


def test_the_refused_key_is_not_checked_without_a_click(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = KEY
    monkeypatch.setattr(execution, "make_client", lambda: accepting(asked=asked))
    stop()

    sweep()

    assert asked == []


def test_a_missing_key_is_not_checked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = ""
    monkeypatch.setattr(execution, "make_client", lambda: accepting(key="", asked=asked))
    stop()

    sweep()

    assert asked == []


def test_a_changed_key_is_checked_later_if_another_check_is_running(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.TENIOS_ACCESS_KEY = NEW_KEY
    monkeypatch.setattr(execution, "make_client", lambda: accepting(key=NEW_KEY))
    stop()
    SendingGate.objects.update(checking_until_at=timezone.now() + timedelta(seconds=9))
    sweep()
    assert gate.read_gate().is_stopped

    SendingGate.objects.update(checking_until_at=None)
    sweep()

    assert gate.read_gate().is_open
