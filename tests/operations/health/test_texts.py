from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tests.operations.health.test_condition import health
from transfers.lifecycle.gate import GateState
from transfers.operations.health import Condition, SystemHealth, describe
from transfers.operations.heartbeats import Beat


def today_at(hour: int, minute: int, second: int) -> datetime:
    return timezone.localtime().replace(hour=hour, minute=minute, second=second).astimezone(UTC)


def silent_since(*clock: int) -> Beat:
    return Beat(today_at(*clock), 60.0)


def paused_until(*clock: int) -> GateState:
    until_at = today_at(*clock)
    return GateState(read_at=until_at - timedelta(seconds=20), paused_until_at=until_at)


@pytest.mark.parametrize(
    ("seen", "english", "german"),
    [
        (
            {"worker": silent_since(14, 6, 33)},
            "An internal service has not reported since 14:06:33. Transfer as usual; it takes about 2 seconds longer.",
            "Ein interner Dienst hat sich seit 14:06:33 Uhr nicht gemeldet.",
        ),
        (
            {"is_redis_ok": False},
            "An internal connection is down. Transfer as usual; it takes about 2 seconds longer.",
            "Eine interne Verbindung ist gestört. Übergeben Sie wie gewohnt; es dauert etwa 2 Sekunden länger.",
        ),
        (
            {"sweeper": None},
            "Transfers are sent, but their outcome is not monitored at the moment. "
            "An internal service has not reported yet. "
            "Transfer as usual, and stay with your caller until TENIOS has accepted.",
            "Übergaben werden gesendet, aber ihr Ergebnis wird zurzeit nicht überwacht.",
        ),
        (
            {"worker": silent_since(14, 6, 33), "sweeper": silent_since(14, 7, 1)},
            "Transfers are probably not sent. An internal service has not reported since 14:06:33. "
            "Stay with your caller, and transfer from your phone if you can. Tell your administrator.",
            "Übergaben werden wahrscheinlich nicht gesendet.",
        ),
        (
            {"is_redis_ok": False, "sweeper": silent_since(14, 7, 1)},
            "Transfers are probably not sent. An internal connection is down. "
            "Stay with your caller, and transfer from your phone if you can. Tell your administrator.",
            "Eine interne Verbindung ist gestört. Bleiben Sie beim Anrufer",
        ),
        (
            {"gate": paused_until(14, 7, 20)},
            "TENIOS asks us to wait until 14:07:20. No transfers are sent until then. Stay with your caller, "
            "and transfer after that.",
            "TENIOS bittet uns, bis 14:07:20 Uhr zu warten.",
        ),
        (
            {"gate": GateState(read_at=today_at(14, 8, 0), stopped_at=today_at(14, 6, 33))},
            "TENIOS refuses our access key: no transfers are sent. Refused at 14:06:33. Stay with your caller, "
            "and transfer from your phone if you can. An administrator has to check the key.",
            "TENIOS lehnt unseren Zugangsschlüssel ab",
        ),
        (
            {"is_database_ok": False},
            "The database does not answer: no transfers can be asked for. What is on its way already may still go "
            "through. Stay with your caller, and transfer from your phone if you can. Tell your administrator.",
            "Die Datenbank antwortet nicht",
        ),
    ],
)
def test_it_says_what_is_known_what_it_means_and_what_to_do(seen: dict[str, Any], english: str, german: str) -> None:
    state = health(**seen)

    said = describe(state)
    with translation.override("de"):
        said_in_german = describe(state)

    assert f"{said.title} {said.text}" == english
    assert german in f"{said_in_german.title} {said_in_german.text}"


def test_a_part_that_is_silent_since_another_day_is_told_with_the_date() -> None:
    long_ago = Beat(datetime(2026, 3, 1, 7, 30, 5, tzinfo=UTC), 10**7)

    assert "since 03/01/2026, 08:30:05." in describe(health(worker=long_ago)).title


@pytest.mark.parametrize(
    ("seen", "is_urgent"),
    [
        ({}, False),
        ({"worker": None}, False),
        ({"sweeper": None}, False),
        ({"worker": None, "sweeper": None}, True),
        ({"gate": paused_until(14, 7, 20)}, True),
        ({"is_database_ok": False}, True),
    ],
)
def test_urgent_is_what_changes_what_to_do_with_the_caller(seen: dict[str, Any], is_urgent: bool) -> None:
    assert describe(health(**seen)).is_urgent == is_urgent


def rendered(state: SystemHealth) -> str:
    return render_to_string("_system_bar.html", {"notice": describe(state)})


def test_while_all_works_the_bar_is_hidden_and_knows_what_to_announce() -> None:
    html = rendered(health())

    assert " hidden" in html
    assert 'data-announce="Transfers are sent as usual again."' in html
    assert "<p>" not in html


def test_a_bar_that_is_shown_names_its_condition() -> None:
    html = rendered(health(worker=None, sweeper=None))

    assert f'data-condition="{Condition.NOBODY_SENDS}"' in html
    assert " data-urgent" in html
    assert " hidden" not in html
    assert "is-failed" in html
