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
from transfers.operations.heartbeats import LastHeartbeat
from transfers.views.operations import health as views


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> "FakeSharedHealth":
    shared = FakeSharedHealth()
    monkeypatch.setattr(views, "shared_health", shared)
    return shared


class FakeSharedHealth:
    """Returns the health that the test sets."""

    def __init__(self) -> None:
        self.health = health()

    def read(self) -> SystemHealth:
        return self.health


def test_readyz_answers_200_with_each_part_while_all_works(client: Client) -> None:
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
def test_readyz_answers_503_and_names_the_part_that_fails(
    client: Client, shared: FakeSharedHealth, what: dict[str, Any], level: str, part: str, report: dict[str, Any]
) -> None:
    shared.health = health(**what)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["level"] == level
    assert answer.json()["parts"][part] == report
    assert [name for name, of in answer.json()["parts"].items() if not of["ok"]] == [part]


def test_readyz_claims_nothing_that_only_the_database_knows(client: Client, shared: FakeSharedHealth) -> None:
    shared.health = SystemHealth(is_database_ok=False, is_redis_ok=True)

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


def test_monitoring_reads_no_session(client: Client) -> None:
    # This test may not use the database, so reading the session would fail.
    client.cookies[settings.SESSION_COOKIE_NAME] = "the-key-of-a-session"

    assert client.get("/readyz").status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/healthz", "/metrics"])
def test_monitoring_is_not_redirected_to_https(client: Client, settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_SOURCES = []

    assert client.get(path).status_code in (200, 403)
    assert client.get("/").status_code == 301


@pytest.mark.django_db
def test_metrics_are_prometheus_text(client: Client, shared: FakeSharedHealth) -> None:
    now = timezone.now()
    shared.health = health(worker=LastHeartbeat(now, 1.5), gate=GateState(read_at=now))

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
def test_only_this_machine_may_read_metrics_by_default(client: Client, address: str, status: int) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


@pytest.mark.django_db
def test_signed_in_administrator_from_elsewhere_gets_no_metrics(client: Client, root_admin: User) -> None:
    client.force_login(root_admin)

    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403


def test_metrics_are_unavailable_without_the_database(client: Client, shared: FakeSharedHealth) -> None:
    shared.health = SystemHealth(is_database_ok=False, is_redis_ok=None)

    assert client.get("/metrics").status_code == 503


def test_database_failure_during_a_scrape_answers_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_health: SystemHealth) -> bytes:
        raise OperationalError("failure of the test")

    monkeypatch.setattr(views, "render_metrics", fail)

    assert client.get("/metrics").status_code == 503


def test_report_contains_no_host_key_or_address(client: Client, shared: FakeSharedHealth) -> None:
    shared.health = health(gate=STOPPED)

    report = client.get("/readyz").content.decode()

    secrets = (settings.SECRET_KEY, settings.TENIOS_ACCESS_KEY, settings.REDIS_URL, settings.TENIOS_BASE_URL)
    assert not any(secret in report for secret in secrets)
    assert "127.0.0.1" not in report
