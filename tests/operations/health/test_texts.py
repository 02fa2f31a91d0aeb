from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tests.operations.health.test_condition import health
from transfers.lifecycle.gate import GateState
from transfers.operations.health import Condition, SystemHealth, describe
from transfers.operations.heartbeats import LastHeartbeat


def today_at(hour: int, minute: int, second: int) -> datetime:
    return timezone.localtime().replace(hour=hour, minute=minute, second=second).astimezone(UTC)


def silent_since(*clock: int) -> LastHeartbeat:
    return LastHeartbeat(today_at(*clock), 60.0)


def paused_until(*clock: int) -> GateState:
    until_at = today_at(*clock)
    return GateState(read_at=until_at - timedelta(seconds=20), paused_until_at=until_at)


@pytest.mark.parametrize(
    ("changes", "english", "german"),
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
def test_notice_says_facts_meaning_and_advice(changes: dict[str, Any], english: str, german: str) -> None:
    state = health(**changes)

    notice = describe(state)
    with translation.override("de"):
        german_notice = describe(state)

    assert f"{notice.title} {notice.text}" == english
    assert german in f"{german_notice.title} {german_notice.text}"


def test_heartbeat_of_another_day_is_shown_with_its_date() -> None:
    long_ago = LastHeartbeat(datetime(2026, 3, 1, 7, 30, 5, tzinfo=UTC), 10**7)

    assert "since 03/01/2026, 08:30:05." in describe(health(worker=long_ago)).title


@pytest.mark.parametrize(
    ("changes", "is_urgent"),
    [
        ({}, False),
        ({"worker": None}, False),
        ({"sweeper": None}, False),
        ({"worker": None, "sweeper": None}, True),
        ({"gate": paused_until(14, 7, 20)}, True),
        ({"is_database_ok": False}, True),
    ],
)
def test_notice_is_urgent_if_agents_must_act_differently(changes: dict[str, Any], is_urgent: bool) -> None:
    assert describe(health(**changes)).is_urgent == is_urgent


def rendered(state: SystemHealth) -> str:
    return render_to_string("_system_bar.html", {"notice": describe(state)})


def test_bar_is_hidden_while_all_works_and_has_its_announcement() -> None:
    html = rendered(health())

    assert " hidden" in html
    assert 'data-announce="Transfers are sent as usual again."' in html
    assert "<p>" not in html


def test_visible_bar_names_its_condition() -> None:
    html = rendered(health(worker=None, sweeper=None))

    assert f'data-condition="{Condition.NOBODY_SENDS}"' in html
    assert " data-urgent" in html
    assert " hidden" not in html
    assert "is-failed" in html
