"""The Connection page: who may see it, what it shows, and what its button does."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.lifecycle.gate.asking import KEY, accepting, asking, digest_of, refusing
from transfers.lifecycle import execution, gate
from transfers.models import AuditEntry, CallEvent, SendingGate, User
from transfers.operations import Part, record_heartbeat
from transfers.tenios import TeniosClient

PAGE = reverse("transfers:connection")
CHECK = reverse("transfers:check-connection")


@pytest.fixture(autouse=True)
def _key(settings: Any) -> None:
    settings.TENIOS_ACCESS_KEY = KEY


def stop() -> None:
    gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(KEY), actor="worker")


def open_page(client: Client, user: User) -> str:
    client.force_login(user)
    return re.sub(r"\s+", " ", client.get(PAGE).content.decode())


def check(client: Client, user: User, answer: TeniosClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """Press the button and return the page that follows."""
    monkeypatch.setattr(execution, "make_client", lambda: answer)
    client.force_login(user)
    response = client.post(CHECK, follow=True)
    assert response.redirect_chain == [(PAGE, 303)]
    return re.sub(r"\s+", " ", response.content.decode())


def unclear() -> httpx.Response:
    raise httpx.ReadTimeout("failure of the test")


@pytest.mark.parametrize(("address", "method"), [(PAGE, "get"), (CHECK, "post")])
@pytest.mark.parametrize("who", ["ada", "sue", "stranger"])
def test_only_administrators_may_see_the_page(
    request: pytest.FixtureRequest, client: Client, address: str, method: str, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    response = getattr(client, method)(address)

    assert response.status_code == 403
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "method"), [(PAGE, "get"), (CHECK, "post")])
def test_anonymous_user_is_redirected_to_the_sign_in(client: Client, address: str, method: str) -> None:
    response = getattr(client, method)(address)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_page_sends_no_request_and_the_check_needs_a_post(client: Client, root_admin: User) -> None:
    client.force_login(root_admin)

    assert client.get(CHECK).status_code == 405
    assert client.get(PAGE).status_code == 200
    assert not AuditEntry.objects.exists()


def test_page_is_in_the_administrators_navigation(client: Client, root_admin: User) -> None:
    assert open_page(client, root_admin).count(f'href="{PAGE}"') == 2


def test_page_is_not_in_the_navigation_of_others(client: Client, sue: User) -> None:
    client.force_login(sue)

    assert PAGE not in client.get("/").content.decode()


def test_new_system_shows_that_nothing_happened(client: Client, root_admin: User) -> None:
    page = open_page(client, root_admin)

    for words in (
        "nothing was sent within seven days",
        "no post of TENIOS within seven days",
        "Both silent",
        "no entries yet",
        "nothing waiting",
        "None: sending was neither stopped nor paused",
    ):
        assert words in page


def test_key_is_shown_by_its_last_four_characters(client: Client, root_admin: User) -> None:
    page = open_page(client, root_admin)

    assert "••••8888" in page
    assert KEY not in page


def test_missing_key_is_reported_without_a_request(
    client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    asked: list[str] = []
    settings.TENIOS_ACCESS_KEY = ""

    page = check(client, root_admin, accepting(key="", asked=asked), monkeypatch)

    assert "not set: every transfer will be refused" in page
    assert "No access key is set" in page
    assert asked == []


def test_page_shows_facts_of_both_directions(client: Client, root_admin: User, settings: Any) -> None:
    settings.TENIOS_BASE_URL = "https://api.tenios.test"
    settings.TENIOS_EVENT_KEYS = ["one", "two"]
    now = timezone.now()
    for minutes, request_type in ((1, "CALL_END"), (3, "CALL_START"), (4, "CALL_START"), (60 * 24 * 8, "OLD_POST")):
        CallEvent.objects.create(
            received_at=now - timedelta(minutes=minutes), request_type=request_type, kind="other", body="{}"
        )
    make_transfer(call=make_call(), due_at=now - timedelta(seconds=2))

    page = open_page(client, root_admin)

    assert "https://api.tenios.test" in page
    assert "http://testserver/tenios/events/" in page
    assert "6 s for each request" in page
    assert "1 waiting, the oldest since" in page
    assert page.index("CALL_END") < page.index("CALL_START")
    assert "3 min ago" in page
    assert "OLD_POST" not in page


def test_type_of_an_event_is_escaped(client: Client, root_admin: User) -> None:
    CallEvent.objects.create(received_at=timezone.now(), request_type="<script>", kind="other", body="{}")
    CallEvent.objects.create(received_at=timezone.now(), request_type="", kind="other", body="{}")

    page = open_page(client, root_admin)

    assert "&lt;script&gt;" in page
    assert "<script>" not in page.replace('<script src="', "")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([Part.WORKER, Part.SWEEPER], "Both at work"),
        ([Part.SWEEPER], "Worker silent"),
        ([Part.WORKER], "Sweeper silent"),
        ([], "Both silent"),
    ],
)
def test_page_names_the_silent_part(
    client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch, parts: list[Part], words: str
) -> None:
    monkeypatch.setattr("transfers.operations.health.reading._does_redis_answer", lambda _pings: True)
    for part in parts:
        record_heartbeat(part)

    assert words in open_page(client, root_admin)


def test_accepted_key_opens_the_stopped_gate(client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    stop()
    page = open_page(client, root_admin)
    assert "Sending is stopped: TENIOS refuses our access key" in page
    assert "TENIOS said BAD_CREDENTIALS" in page
    assert 'id="try-again"' in page

    page = check(client, root_admin, accepting(), monkeypatch)

    assert gate.read_gate().is_open
    assert "TENIOS takes the access key." in page
    assert 'id="try-again"' not in page
    assert "Sending stopped" in page
    assert root_admin.display_name in page


def test_refused_key_keeps_sending_stopped(client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    stop()

    page = check(client, root_admin, refusing(), monkeypatch)

    assert gate.read_gate().is_stopped
    assert "TENIOS refuses the access key. Sending stays stopped." in page


def test_refused_check_does_not_stop_sending_but_is_shown(
    client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = check(client, root_admin, refusing(), monkeypatch)

    assert gate.read_gate().is_open
    assert "Sending goes on until it refuses a transfer as well." in page
    assert "but a check of the key was refused" in page


@pytest.mark.parametrize(("is_stopped", "words"), [(True, "Sending stays stopped."), (False, "Nothing was changed.")])
def test_unclear_answer_is_shown_with_its_reason(
    client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch, is_stopped: bool, words: str
) -> None:
    if is_stopped:
        stop()

    page = check(client, root_admin, asking(unclear), monkeypatch)

    assert f"There was no clear answer. {words}" in page
    assert "TENIOS did not answer in time." in page
    assert gate.read_gate().is_stopped is is_stopped


def test_second_concurrent_check_is_refused(client: Client, root_admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    SendingGate.objects.create(pk=1, checking_until_at=timezone.now() + timedelta(seconds=9))

    page = check(client, root_admin, accepting(), monkeypatch)

    assert "The access key is being checked at this moment." in page


def test_pause_shows_the_seconds_that_are_left(client: Client, root_admin: User) -> None:
    gate.pause_sending(30, actor="worker")

    page = open_page(client, root_admin)

    assert re.search(r"transfers are sent again in (30|29) s", page)
    assert "goes on" in page
