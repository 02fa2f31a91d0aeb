from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponseRedirect
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxMiddleware

from tenios_dashboard.middleware import sign_in_with_whole_page
from tests.factories import make_call
from transfers.models import User

PARTS = ["/board/call-card/", "/board/calls/", "/board/dock/", "/transfers/"]
NUL_COOKIES = [r'"aaaa\000"', r'"\000"', "aaaa\0"]


@pytest.mark.django_db
@pytest.mark.parametrize("value", NUL_COOKIES, ids=["at the end", "alone", "bare"])
@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "other"])
def test_a_nul_in_a_cookie_is_a_bad_request(client: Client, name: str, value: str) -> None:
    assert client.get("/", headers={"cookie": f"{name}={value}"}).status_code == 400
    assert client.get("/live/", headers={"cookie": f"{name}={value}"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/calls/%00/take/", "/calls/a%00b/give-up/", "/calls/%00/transfer/"])
def test_a_nul_in_a_path_is_a_bad_request(client: Client, ada: User, path: str) -> None:
    client.force_login(ada)

    assert client.post(path).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["email=%00", "q=a%00b", "%00=x"])
@pytest.mark.parametrize("path", ["/admin/transfers/user/", "/admin/transfers/call/", "/transfers/", "/live/"])
def test_a_nul_in_a_query_is_a_bad_request(client: Client, root_admin: User, path: str, query: str) -> None:
    root_admin.is_superuser = True
    root_admin.save()
    client.force_login(root_admin)

    assert client.get(f"{path}?{query}").status_code == 400


@pytest.mark.django_db
def test_an_encoded_percent_sign_before_00_is_no_nul(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.cookies["other"] = "%00"

    assert client.get("/transfers/?q=%2500").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", PARTS)
def test_htmx_loads_sign_in_as_a_whole_page_that_leads_back(client: Client, path: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/transfers/?q=x&state=y"}

    answer = client.get(path, headers=headers)

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Ftransfers%2F%3Fq%3Dx%26state%3Dy"
    assert "Location" not in answer
    assert answer.content == b""


@pytest.mark.django_db
def test_taking_a_call_after_the_session_has_ended_leads_to_sign_in(client: Client) -> None:
    answer = client.post(f"/calls/{make_call().call_uuid}/take/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["", "http://evil.example/", "http://[", "x" * 5_000])
def test_sign_in_does_not_lead_to_another_host(client: Client, page: str) -> None:
    answer = client.get("/board/call-card/", headers={"HX-Request": "true", "HX-Current-URL": page})

    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/")


@pytest.mark.django_db
def test_requests_without_htmx_and_signed_in_requests_are_unchanged(client: Client, ada: User) -> None:
    assert client.get("/board/call-card/").status_code == 302

    client.force_login(ada)
    assert client.get("/board/call-card/", headers={"HX-Request": "true"}).status_code == 200


def test_a_redirect_to_another_page_passes() -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true"})
    chain: Any = HtmxMiddleware(sign_in_with_whole_page(lambda _request: HttpResponseRedirect("/elsewhere/")))

    assert chain(request)["Location"] == "/elsewhere/"
