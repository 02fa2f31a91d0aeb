import pytest
from django.test import Client
from django.urls import reverse

from transfers.models import User


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("preferring-ada", password="a long password")


@pytest.fixture
def her_browser(ada: User, client: Client) -> Client:
    client.force_login(ada, "allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("field", "posted", "saved"),
    [
        ("language", "de", "de"),
        ("theme", "dark", "dark"),
        ("density", "comfortable", "comfortable"),
        ("single_keys", "off", False),
        ("single_keys", "on", True),
    ],
)
def test_one_button_saves_one_preference_and_leaves_the_others(
    her_browser: Client, ada: User, field: str, posted: str, saved: object
) -> None:
    before = {name: getattr(ada, name) for name in ("language", "theme", "density", "single_keys") if name != field}

    her_browser.post(reverse("transfers:preferences"), {field: posted})

    ada.refresh_from_db()
    assert getattr(ada, field) == saved
    assert {name: getattr(ada, name) for name in before} == before


@pytest.mark.parametrize(
    ("next_page", "target"),
    [
        ("/transfers/?outcome=answered", "/transfers/?outcome=answered"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_redirect_never_leads_to_another_site(her_browser: Client, next_page: str, target: str) -> None:
    response = her_browser.post(reverse("transfers:preferences"), {"theme": "light", "next": next_page})

    assert response.status_code == 302
    assert response["Location"] == target


def test_script_gets_no_page(her_browser: Client) -> None:
    response = her_browser.post(reverse("transfers:preferences"), {"theme": "light"}, headers={"HX-Request": "true"})

    assert response.status_code == 204


@pytest.mark.parametrize(
    "data", [{"theme": "pink"}, {"language": "xx"}, {"density": ""}, {"single_keys": "maybe"}, {"theme": "\x00"}]
)
def test_an_unknown_value_is_refused_and_nothing_is_saved(her_browser: Client, ada: User, data: dict[str, str]) -> None:
    response = her_browser.post(reverse("transfers:preferences"), data)

    saved = User.objects.get(pk=ada.pk)
    assert response.status_code == 422
    assert (saved.theme, saved.language, saved.density, saved.single_keys) == ("auto", "en", "compact", True)


def test_preferences_of_another_person_cannot_be_changed(her_browser: Client, ada: User) -> None:
    her_browser.post(reverse("transfers:preferences"), {"theme": "dark", "is_staff": "on", "username": "root"})

    ada.refresh_from_db()
    assert (ada.theme, ada.is_staff, ada.username) == ("dark", False, "preferring-ada")


@pytest.mark.django_db
def test_strangers_are_sent_to_the_sign_in(client: Client) -> None:
    response = client.post(reverse("transfers:preferences"), {"theme": "dark"})

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_preferences_are_saved_by_post_only(her_browser: Client) -> None:
    assert her_browser.get(reverse("transfers:preferences")).status_code == 405


def test_the_persons_language_wins_over_the_browsers(her_browser: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(language="de")

    response = her_browser.get(reverse("account_change_password"), headers={"Accept-Language": "en"})

    assert '<html lang="de"' in response.content.decode()


@pytest.mark.django_db
def test_a_strangers_browser_chooses_the_language(client: Client) -> None:
    response = client.get(reverse("account_login"), headers={"Accept-Language": "de"})

    assert '<html lang="de"' in response.content.decode()
