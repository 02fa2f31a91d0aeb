import smtplib

import pytest
from django.core import mail
from django.test import Client
from django.urls import clear_url_caches

from transfers.account_adapter import AccountAdapter
from transfers.models import User
from transfers.tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD) -> int:
    return client.post("/accounts/login/", {"login": username, "password": password}).status_code


def test_a_person_signs_in_and_comes_to_the_board(client: Client, ada: User) -> None:
    answer = client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD)])
def test_a_failed_sign_in_never_tells_which_of_the_two_was_wrong(
    client: Client, ada: User, username: str, password: str
) -> None:
    page = client.post("/accounts/login/", {"login": username, "password": password}).content.decode()

    assert "The user name or the password is wrong." in page
    assert "sessionid" not in client.cookies or not client.session.get("_auth_user_id")


def test_guessing_one_account_is_bounded_and_bothers_nobody_else(client: Client, ada: User, ben: User) -> None:
    for number in range(12):
        sign_in(client, "ada", f"guess {number}")

    assert sign_in(client, "ada") != 302
    assert sign_in(Client(), "ben") == 302


def test_nobody_signs_themselves_up(client: Client) -> None:
    client.post("/accounts/signup/", {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD})

    assert not User.objects.filter(username="mallory").exists()


def test_without_a_mail_server_the_reset_names_a_person_instead(client: Client) -> None:
    clear_url_caches()

    page = client.get("/accounts/password/reset/")
    posted = client.post("/accounts/password/reset/", {"email": "ada@example.org"})

    assert "Your administrator can set a new password" in page.content.decode()
    assert posted.status_code == 405
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_for_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: object) -> None:
        raise smtplib.SMTPServerDisconnected("as told")

    monkeypatch.setattr("allauth.account.adapter.DefaultAccountAdapter.send_mail", refuse)

    AccountAdapter().send_mail("account/email/password_reset_key", "ada@example.org", {})

    assert "could not be sent" in caplog.text


@pytest.mark.parametrize("role", ["agent", "supervisor", "administrator", ""])
def test_the_front_page_of_each_role(client: Client, role: str) -> None:
    client.force_login(make_user(role=role, is_staff=role == "administrator"))

    answer = client.get("/")

    expected = {"agent": 200, "supervisor": 200, "administrator": 302, "": 403}
    assert answer.status_code == expected[role]
