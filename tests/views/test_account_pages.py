import smtplib

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import clear_url_caches
from pytest_django import Settings

from tenios_dashboard.account_adapter import AccountAdapter
from tests.factories import PASSWORD, make_user
from transfers.models import User

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD, *, address: str = "203.0.113.1") -> int:
    posted = {"login": username, "password": password}
    return client.post("/accounts/login/", posted, REMOTE_ADDR=address).status_code


def test_sign_in_leads_to_the_board(client: Client, ada: User) -> None:
    answer = client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize(("username", "password"), [("ada", "wrong"), ("nobody", PASSWORD)])
def test_a_failed_sign_in_does_not_say_what_was_wrong(client: Client, ada: User, username: str, password: str) -> None:
    page = client.post("/accounts/login/", {"login": username, "password": password}).content.decode()

    assert "The user name or the password is wrong." in page
    assert "sessionid" not in client.cookies or not client.session.get("_auth_user_id")


def test_guesses_at_one_account_are_limited_and_other_accounts_are_not(client: Client, ada: User, ben: User) -> None:
    for number in range(12):
        sign_in(client, "ada", f"guess {number}")

    assert sign_in(client, "ada") != 302
    assert sign_in(Client(), "ben") == 302


@pytest.mark.parametrize(
    ("guesser", "elsewhere"), [("203.0.113.1", "203.0.113.2"), ("2001:db8:0:1::1", "2001:db8:0:2::1")]
)
def test_an_attacker_does_not_lock_out_a_user_on_another_network(
    client: Client, ada: User, guesser: str, elsewhere: str
) -> None:
    for number in range(12):
        sign_in(client, "ada", f"guess {number}", address=guesser)

    assert sign_in(client, "ada", address=guesser) != 302
    assert sign_in(Client(), "ada", address=elsewhere) == 302


def test_all_addresses_of_an_ipv6_subscriber_share_one_limit(client: Client, ada: User) -> None:
    for number in range(12):
        sign_in(client, "ada", f"guess {number}", address=f"2001:db8:0:1::{number}")

    assert sign_in(client, "ada", address="2001:db8:0:1::ffff") != 302


def test_guesses_from_many_networks_are_limited_for_the_account(client: Client, ada: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "300/m/ip,30/h/key"}
    for number in range(32):
        sign_in(client, "ada", f"guess {number}", address=f"203.0.113.{number}")

    assert sign_in(client, "ada", address="198.51.100.1") != 302


def test_sign_ins_refused_for_one_network_do_not_count_for_the_account(
    client: Client, ada: User, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "300/m/ip,12/h/key"}
    for number in range(20):
        sign_in(client, "ada", f"guess {number}")

    assert sign_in(client, "ada", address="198.51.100.1") == 302


def test_many_users_can_sign_in_from_one_address(client: Client, ada: User) -> None:
    for _ in range(40):
        assert sign_in(Client(), "ada") == 302


def test_trying_other_names_removes_no_count(client: Client, ada: User) -> None:
    for number in range(12):
        sign_in(client, "ada", f"guess {number}")

    for number in range(400):
        cache.set(f"tried-{number}", [0], 3600)

    assert sign_in(client, "ada") != 302


def test_nobody_can_sign_up(client: Client) -> None:
    client.post("/accounts/signup/", {"username": "mallory", "password1": PASSWORD, "password2": PASSWORD})

    assert not User.objects.filter(username="mallory").exists()


def test_without_a_mail_server_the_reset_page_refers_to_the_administrator(client: Client) -> None:
    clear_url_caches()

    page = client.get("/accounts/password/reset/")
    posted = client.post("/accounts/password/reset/", {"email": "ada@example.org"})

    assert "Your administrator can set a new password" in page.content.decode()
    assert posted.status_code == 405
    assert mail.outbox == []


def test_an_error_of_the_mail_server_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: object) -> None:
        raise smtplib.SMTPServerDisconnected("refused")

    monkeypatch.setattr("allauth.account.adapter.DefaultAccountAdapter.send_mail", refuse)

    AccountAdapter().send_mail("account/email/password_reset_key", "ada@example.org", {})

    assert "could not be sent" in caplog.text


@pytest.mark.parametrize("role", ["agent", "supervisor", "administrator", ""])
def test_the_front_page_of_each_role(client: Client, role: str) -> None:
    client.force_login(make_user(role=role, is_staff=role == "administrator"))

    answer = client.get("/")

    expected = {"agent": 200, "supervisor": 200, "administrator": 302, "": 403}
    assert answer.status_code == expected[role]
