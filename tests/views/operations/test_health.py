from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.operations.health.test_condition import PAUSED, SILENT, STOPPED, health
from transfers.lifecycle.gate import GateState
from transfers.models import User
from transfers.operations.health import SystemHealth
from transfers.operations.heartbeats import Beat
from transfers.views.operations import health as views


@pytest.fixture(autouse=True)
def seen(monkeypatch: pytest.MonkeyPatch) -> "Seen":
    seen = Seen()
    monkeypatch.setattr(views, "lookout", seen)
    return seen


class Seen:
    """A lookout that sees what the test says."""

    def __init__(self) -> None:
        self.health = health()

    def look(self) -> SystemHealth:
        return self.health


def test_while_all_works_it_is_ready_and_says_so_part_by_part(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    assert answer.json() == {
        "level": "working",
        "condition": "working",
        "parts": {
            "database": {"ok": True},
            "redis": {"ok": True},
            "worker": {"ok": True, "age_seconds": 1.0},
            "sweeper": {"ok": True, "age_seconds": 1.0},
            "sending": {"ok": True, "state": "open"},
        },
    }


@pytest.mark.parametrize(
    ("what", "level", "part", "report"),
    [
        ({"worker": SILENT}, "delayed", "worker", {"ok": False, "age_seconds": 11.0}),
        ({"worker": None}, "delayed", "worker", {"ok": False, "age_seconds": None}),
        ({"sweeper": SILENT}, "unguarded", "sweeper", {"ok": False, "age_seconds": 11.0}),
        ({"is_redis_ok": False}, "delayed", "redis", {"ok": False}),
        ({"gate": STOPPED}, "stopped", "sending", {"ok": False, "state": "stopped"}),
        ({"gate": PAUSED}, "paused", "sending", {"ok": False, "state": "paused"}),
    ],
)
def test_what_does_not_work_makes_it_unready(
    client: Client, seen: Seen, what: dict[str, Any], level: str, part: str, report: dict[str, Any]
) -> None:
    seen.health = health(**what)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["level"] == level
    assert answer.json()["parts"][part] == report
    assert [name for name, of in answer.json()["parts"].items() if not of["ok"]] == [part]


def test_without_the_database_it_claims_nothing_about_what_stands_in_it(client: Client, seen: Seen) -> None:
    seen.health = SystemHealth(is_database_ok=False, is_redis_ok=True)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "level": "stopped",
        "condition": "database_away",
        "parts": {
            "database": {"ok": False},
            "redis": {"ok": True},
            "worker": {"ok": None, "age_seconds": None},
            "sweeper": {"ok": None, "age_seconds": None},
            "sending": {"ok": None, "state": None},
        },
    }


def test_who_is_signed_in_or_has_an_odd_cookie_asks_as_nobody(client: Client) -> None:
    # Without leave to use the database: a session that were read would fail the test.
    client.cookies[settings.SESSION_COOKIE_NAME] = "a-session-that-would-be-looked-up"

    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/healthz", "/metrics"])
def test_whoever_watches_past_the_proxy_is_not_sent_to_https(client: Client, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_SOURCES = []

    assert client.get(path).status_code in (200, 403)
    assert client.get("/").status_code == 301


@pytest.mark.django_db
def test_metrics_are_prometheus_text(client: Client, seen: Seen) -> None:
    now = timezone.now()
    seen.health = health(worker=Beat(now, 1.5), gate=GateState(read_at=now))

    answer = client.get("/metrics")

    families = {family.name for family in text_string_to_metric_families(answer.content.decode())}
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert {"transferdesk_transfers_requested", "transferdesk_level"} <= families


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("127.8.8.8", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("10.1.2.3", 403),
        ("2001:db8::1", 403),
        ("", 403),
        ("no address", 403),
    ],
)
@pytest.mark.django_db
def test_only_this_machine_may_read_them_unless_told_otherwise(client: Client, address: str, status: int) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.django_db
def test_being_signed_in_opens_no_metrics(client: Client, root_admin: User) -> None:
    client.force_login(root_admin)

    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403


def test_metrics_without_a_database_are_unavailable(client: Client, seen: Seen) -> None:
    seen.health = SystemHealth(is_database_ok=False, is_redis_ok=None)

    assert client.get("/metrics").status_code == 503


def test_a_database_that_goes_away_meanwhile_is_no_error_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_health: SystemHealth) -> bytes:
        raise OperationalError("as told")

    monkeypatch.setattr(views, "render_metrics", fail)

    assert client.get("/metrics").status_code == 503


def test_no_report_names_a_host_a_key_or_an_address(client: Client, seen: Seen) -> None:
    seen.health = health(gate=STOPPED)

    said = client.get("/readyz").content.decode()

    secrets = (settings.SECRET_KEY, settings.TENIOS_ACCESS_KEY, settings.REDIS_URL, settings.TENIOS_BASE_URL)
    assert not any(secret in said for secret in secrets)
    assert "127.0.0.1" not in said
