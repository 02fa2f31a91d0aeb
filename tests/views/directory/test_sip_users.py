"""The page of the SIP users over HTTP: who gets in, what it says of the fetch, what ticking does."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from simulator.server import Simulator
from tests.directory.sip_users.asking import KEY, anna, fetch, item_of, list_only
from tests.factories import make_call, make_destination
from transfers import tasks
from transfers.models import DirectoryEntry, SipUser, SipUserFetch, User
from transfers.operations import heartbeats
from transfers.operations.heartbeats import Part

PAGE, FETCH, DECIDE, LIST = (
    reverse(f"transfers:directory{name}") for name in ("-sip-users", "-sip-users-fetch", "-sip-users-decide", "")
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(access_key=KEY) as running:
        list_only(running, anna())
        yield running


@pytest.fixture
def supervisor(client: Client, sue: User) -> Client:
    """A browser that a supervisor is signed in with."""
    client.force_login(sue)
    return client


@pytest.fixture
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages enqueued for a worker, in place of Redis."""
    messages: list[str] = []
    monkeypatch.setattr(tasks, "enqueue_sip_user_fetch", lambda: messages.append("enqueued"))
    return messages


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 403), ("stranger", 403), ("sue", 200), ("root_admin", 200), ("", 302)]
)
def test_which_roles_may_open_a_page(
    request: pytest.FixtureRequest, client: Client, enqueued: list[str], who: str, status: int
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    posted = 303 if status == 200 else status

    statuses = [client.get(PAGE).status_code, client.post(FETCH).status_code, client.post(DECIDE).status_code]

    assert statuses == [status, posted, posted]
    assert bool(enqueued) == (status == 200)


def test_a_click_requests_a_fetch_and_sends_tenios_nothing(supervisor: Client, enqueued: list[str]) -> None:
    heartbeats.record_heartbeat(Part.WORKER)

    page = supervisor.post(FETCH, follow=True)

    assert SipUserFetch.objects.get().asked_at is not None
    assert enqueued == ["enqueued"]
    assert "Waiting to be fetched" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()


def test_without_a_worker_the_page_says_so_and_the_request_stays(supervisor: Client, enqueued: list[str]) -> None:
    page = supervisor.post(FETCH, follow=True)

    assert "Fetching is not possible at the moment" in text_of(page)
    assert "every 2s" not in page.content.decode()
    assert SipUserFetch.objects.get().asked_at is not None


def test_without_an_access_key_no_fetch_is_requested(
    supervisor: Client, settings: Settings, enqueued: list[str]
) -> None:
    settings.TENIOS_ACCESS_KEY = ""

    page = supervisor.post(FETCH, follow=True)

    assert "No access key is set" in text_of(page)
    assert not enqueued
    assert not SipUserFetch.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "The SIP users were never fetched"),
        ({"running_until_at": timedelta(seconds=60), "read_count": 300}, "300 users read so far."),
        ({"running_until_at": timedelta(seconds=-1)}, "The last fetch was broken off"),
        ({"problem": "unreachable"}, "TENIOS could not be reached"),
        ({"problem": "key_refused", "detail": "HTTP 403"}, "TENIOS refuses our access key for this list."),
        ({"problem": "key_refused", "detail": "HTTP 403"}, "(HTTP 403)"),
        ({"problem": "asked_to_wait"}, "TENIOS asks us to wait."),
        ({"problem": "error_answer", "detail": "HTTP 500"}, "TENIOS answered with an error. (HTTP 500)"),
        ({"problem": "not_understood"}, "could not be understood"),
        ({"problem": "too_much"}, "The list is too long"),
        ({"fetched_at": timedelta(0), "is_whole": False}, "TENIOS' list had gaps"),
        ({"fetched_at": timedelta(0)}, "The directory and TENIOS agree"),
        ({"fetched_at": timedelta(0), "problem": "unreachable"}, "What is shown below is from the fetch before."),
    ],
)
def test_the_page_shows_the_state_of_the_fetch(supervisor: Client, row: dict[str, Any], said: str) -> None:
    now = timezone.now()
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in row.items()}
    SipUserFetch.objects.create(pk=1, started_at=now, **values)

    page = supervisor.get(PAGE)

    assert said in text_of(page)


def test_waiting_items_are_shown_with_their_consequences(supervisor: Client, sue: User, simulator: Simulator) -> None:
    list_only(simulator, anna() | {"bert": {"first_name": "Bert"}, "cleo": {"first_name": "Cleo"}})
    for name in ("bert", "cleo"):
        make_destination(name=name.title(), address=name)
    fetch(simulator)
    list_only(simulator, anna() | {"bert": {"first_name": "Bertram"}})
    fetch(simulator)

    page = text_of(supervisor.get(PAGE))

    positions = [page.index(words) for words in ("Gone at TENIOS", "Changed at TENIOS", "New at TENIOS")]
    assert positions == sorted(positions)
    for said in ("Is switched off", "Name: “Bert” becomes “Bertram”", "Is added, extension 12"):
        assert said in page


@pytest.mark.parametrize(
    ("before", "now", "said"), [("", "47", "Label: “47” is added"), ("47", "", "Label: “47” is taken away")]
)
def test_an_added_or_removed_extension_is_shown(
    supervisor: Client, simulator: Simulator, before: str, now: str, said: str
) -> None:
    make_destination(name="Bert", address="bert", label=before)
    for extension in (before, now):
        list_only(simulator, {"bert": {"first_name": "Bert", "internal_extension": extension}})
        fetch(simulator)

    assert said in text_of(supervisor.get(PAGE))


def test_fields_edited_by_hand_are_shown_as_kept(supervisor: Client, simulator: Simulator) -> None:
    make_destination(name="Frau Arndt", address="anna", label="12")

    fetch(simulator)

    page = text_of(supervisor.get(PAGE))
    assert "Kept as edited here" in page
    assert "Name: here “Frau Arndt”, at TENIOS “Anna Arndt”" in page


def test_ticked_items_are_applied(supervisor: Client, simulator: Simulator) -> None:
    fetch(simulator)

    page = supervisor.post(DECIDE, {"item": [item_of("anna").token], "decision": "apply"}, follow=True)

    assert "1 change was taken over." in text_of(page)
    assert DirectoryEntry.objects.get().name == "Anna Arndt"


def test_items_decided_against_wait_no_longer(supervisor: Client, simulator: Simulator) -> None:
    fetch(simulator)

    page = supervisor.post(DECIDE, {"item": [item_of("anna").token], "decision": "keep"}, follow=True)

    assert "1 left as it is." in text_of(page)
    assert "Nothing waits for you" in text_of(page)
    assert not DirectoryEntry.objects.exists()


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], "Nothing was ticked"),
        (["1-0123456789abcdef01234567"], "1 had changed since you looked"),
        (["", "x", "99999999999999999999-a", "-", "٣-a"], "5 had changed since you looked"),
    ],
)
def test_invalid_items_change_nothing(supervisor: Client, items: list[str], said: str) -> None:
    page = supervisor.post(DECIDE, {"item": items, "decision": "apply"}, follow=True)

    assert said in text_of(page)


def test_the_list_says_that_items_wait(supervisor: Client, simulator: Simulator, ada: User) -> None:
    before = text_of(supervisor.get(LIST))
    fetch(simulator)

    after = text_of(supervisor.get(LIST))
    supervisor.force_login(ada)
    of_an_agent = text_of(supervisor.get(LIST))

    hint = "TENIOS reports 1 change of its SIP users."
    assert [hint in page for page in (before, after, of_an_agent)] == [False, True, False]


@pytest.mark.parametrize(
    ("state", "age", "in_list", "in_picker"),
    [
        ("not_available", timedelta(minutes=2), "Not available 2 min ago", "Not available (as of 2 min ago)"),
        ("available", timedelta(seconds=130), "Available 2 min ago", "available (as of 2 min ago)"),
        (
            "available",
            timedelta(minutes=12),
            "Active availability not known",
            "unknown whether available (last report 12 min ago)",
        ),
        ("", timedelta(0), "Active", ""),
    ],
)
def test_list_and_picker_show_availability_with_its_age(
    client: Client, sue: User, ada: User, state: str, age: timedelta, in_list: str, in_picker: str
) -> None:
    entry = make_destination(name="Anna", address="anna").entry
    now = timezone.now()
    SipUser.objects.create(
        user_name="anna", remote={}, entry=entry, remote_since=now, availability=state, availability_at=now - age
    )
    call = make_call(agent=ada)
    options_at = reverse("transfers:destination-options", args=[call.call_uuid])

    client.force_login(sue)
    listed = client.get(LIST)
    client.force_login(ada)
    options = client.post(options_at, {"q": "anna"}, headers={"HX-Request": "true"})

    assert in_list in text_of(listed)
    assert in_picker in text_of(options)
    assert ("vailable" in text_of(options)) == bool(state)
    assert ("data-away" in options.content.decode().split("<template>")[0]) == (state == "not_available")
