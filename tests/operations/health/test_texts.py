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
            "Transfers may be sent about 2 seconds late. No sign of life from the worker since 14:06:33. "
            "The sweeper sends in its place. Transfer as usual.",
            "Vom Worker kein Lebenszeichen seit 14:06:33.",
        ),
        (
            {"is_redis_ok": False},
            "Transfers may be sent about 2 seconds late. Redis does not answer. The sweeper sends without it. "
            "Transfer as usual.",
            "Redis antwortet nicht.",
        ),
        (
            {"sweeper": None},
            "Transfers are sent, but nobody watches over them. No sign of life from the sweeper yet. "
            "Transfer as usual, and stay with your caller until TENIOS has accepted.",
            "Vom Sweeper noch kein Lebenszeichen.",
        ),
        (
            {"worker": silent_since(14, 6, 33), "sweeper": silent_since(14, 7, 1)},
            "Transfers are probably not sent. No sign of life from the worker since 14:06:33. "
            "No sign of life from the sweeper since 14:07:01. Stay with your caller, and transfer from your phone "
            "if you can. Tell your administrator.",
            "Übergaben werden wahrscheinlich nicht gesendet.",
        ),
        (
            {"is_redis_ok": False, "sweeper": silent_since(14, 7, 1)},
            "Transfers are probably not sent. Redis does not answer. No sign of life from the sweeper since 14:07:01. "
            "Stay with your caller, and transfer from your phone if you can. Tell your administrator.",
            "Redis antwortet nicht. Vom Sweeper kein Lebenszeichen seit 14:07:01.",
        ),
        (
            {"gate": paused_until(14, 7, 20)},
            "TENIOS asks us to wait until 14:07:20. No transfers are sent until then. Stay with your caller, "
            "and transfer after that.",
            "TENIOS bittet uns, bis 14:07:20 zu warten.",
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

    assert "since 03/01/2026, 08:30:05." in describe(health(worker=long_ago)).text


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
