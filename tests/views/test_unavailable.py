"""While the database is away or locked, pages claim nothing, and the transfer form keeps its input."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.factories import make_call
from tests.foreign_lock import foreign_lock, remove_idle_timeout
from transfers.lifecycle.requests import request_transfer
from transfers.models import Call, Transfer, User

NOTE = 'asks for "Böhm" & <Co>'


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's browser; like a real one it gets the error page instead of the exception."""
    browser = Client(raise_request_exception=False, enforce_csrf_checks=True)
    browser.force_login(ada)
    return browser


def panel(call: Call) -> str:
    return reverse("transfers:transfer-panel", args=[call.call_uuid])


def token_of(browser: Client, call: Call) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(panel(call)).content.decode())
    assert found
    return found[1]


def make_form(**overrides: str) -> dict[str, str]:
    fields = {"destination_type": "EXTERNALNUMBER", "destination": "+4922147105630", "note": NOTE, "q": "0221"}
    return {**fields, "request_key": str(uuid.uuid4()), **overrides}


def posted_again(html: str) -> dict[str, str]:
    """Return the fields that the form of the page would post."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)
    unescaped = {name: value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') for name, value in fields}
    return {name: value.replace("&amp;", "&") for name, value in unescaped.items()}


def fail_with(error: type[Exception]) -> Callable[..., object]:
    def fail(*_args: object, **_words: object) -> object:
        raise error("database failed")

    return fail


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError, InternalError])
def test_a_form_that_may_not_be_recorded_comes_back_and_makes_one_transfer(
    browser: Client, ada: User, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    call = make_call(agent=ada)
    form = make_form(csrfmiddlewaretoken=token_of(browser, call))
    with monkeypatch.context() as trouble:
        trouble.setattr("transfers.views.picker.panel.request_transfer", fail_with(error))
        refused = browser.post(panel(call), form)

    html = refused.content.decode()
    again = posted_again(html)
    first, second = browser.post(panel(call), again), browser.post(panel(call), again)

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "may not have been recorded" in html
    assert "one transfer at most" in html
    assert "+49\u00a0221\u00a047105630" in html
    assert {**again, "csrfmiddlewaretoken": ""} == {**form, "csrfmiddlewaretoken": ""}
    assert first.status_code == second.status_code == 303
    assert Transfer.objects.get().note == NOTE


@pytest.mark.django_db
def test_a_commit_whose_answer_was_lost_makes_no_second_transfer(
    browser: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(agent=ada)
    form = make_form(csrfmiddlewaretoken=token_of(browser, call))

    def commit_and_lose_the_answer(**words: object) -> Transfer:
        request_transfer(**words)  # type: ignore[arg-type]
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as trouble:
        trouble.setattr("transfers.views.picker.panel.request_transfer", commit_and_lose_the_answer)
        html = browser.post(panel(call), form).content.decode()

    assert "nothing" not in html.lower()
    assert browser.post(panel(call), posted_again(html)).status_code == 303
    assert Transfer.objects.count() == 1


@pytest.mark.django_db
def test_the_form_is_kept_although_the_database_fails_before_the_session_is_read(
    browser: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(agent=ada)
    form = make_form(csrfmiddlewaretoken=token_of(browser, call))
    monkeypatch.setattr(SessionStore, "load", fail_with(OperationalError))

    refused = browser.post(panel(call), form)

    assert refused.status_code == 503
    assert posted_again(refused.content.decode())["request_key"] == form["request_key"]
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value, "the user stays signed in"


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_form_of_another_site_is_not_kept(
    browser: Client, ada: User, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    call = make_call(agent=ada)
    monkeypatch.setattr(SessionStore, "load", fail_with(OperationalError))

    refused = browser.post(panel(call), make_form(csrfmiddlewaretoken=token))

    assert refused.status_code == 503
    assert b"+4922147105630" not in refused.content
    assert b"<form" not in refused.content


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/transfers/", "/accounts/login/", "/board/call-card/", "/admin/"])
def test_every_page_says_that_the_database_does_not_answer(
    browser: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(SessionStore, "load", fail_with(OperationalError))

    page = browser.get(path)

    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "5", "no-store")
    assert "The database does not answer" in page.content.decode()
    assert f'href="{path}"' in page.content.decode()


@pytest.mark.django_db
def test_another_form_asks_to_check_before_it_is_sent_again(
    browser: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = make_call(agent=None)
    monkeypatch.setattr("transfers.views.board.call_card.calls.take_call", fail_with(OperationalError))

    page = browser.post(
        reverse("transfers:take-call", args=[call.call_uuid]), {"csrfmiddlewaretoken": token_of(browser, call)}
    )

    assert page.status_code == 503
    assert "may not have been recorded. Look whether it was" in page.content.decode()


@pytest.mark.django_db
def test_the_page_uses_the_language_of_the_browser(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SessionStore, "load", fail_with(OperationalError))

    assert 'lang="de"' in browser.get("/", headers={"Accept-Language": "de"}).content.decode()


def run_wrong_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@pytest.mark.django_db
@pytest.mark.parametrize("mistake", [fail_with(ZeroDivisionError), run_wrong_sql])
def test_our_own_mistake_is_a_500(
    browser: Client, monkeypatch: pytest.MonkeyPatch, mistake: Callable[..., object]
) -> None:
    monkeypatch.setattr("transfers.views.board.page.publishing.last_message_id", mistake)

    page = browser.get("/")

    assert page.status_code == 500
    assert "Retry-After" not in page
    assert "our mistake" in page.content.decode()


def test_the_form_is_kept_while_the_database_is_locked(committed_db: None, ada: User, browser: Client) -> None:
    call = make_call(agent=ada)
    form = make_form(csrfmiddlewaretoken=token_of(browser, call))

    with foreign_lock() as other:
        remove_idle_timeout(other)
        refused = browser.post(panel(call), form)

    assert refused.status_code == 503
    assert Transfer.objects.count() == 0
    assert browser.post(panel(call), posted_again(refused.content.decode())).status_code == 303
