"""The page and its forms, through a real socket."""

from urllib.parse import urlsplit

import httpx
import pytest

from simulator.server import Simulator

from .conftest import ACCESS_KEY


def test_page_shows_calls_requests_and_posts(simulator: Simulator, client: httpx.Client) -> None:
    simulator.account.start_call(agent="ada", caller="+493023125100")
    simulator.account.start_call(agent="ben", caller="anonymous")
    client.post("/transfer-call", json={"destination": "<script>alert(1)</script>"})

    page = client.get("/")

    assert page.status_code == 200
    assert "+49 30 23125100" in page.text
    assert "Number withheld" in page.text
    assert "INVALID_JSON" in page.text
    assert "<script>alert" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "style=" not in page.text


def test_page_is_in_the_browsers_language(client: httpx.Client) -> None:
    pages = [client.get("/", headers={"Accept-Language": language}).text for language in ("de-DE,de;q=0.9", "fr")]

    assert ['<html lang="de"' in pages[0], '<html lang="en"' in pages[1]] == [True, True]


def test_forms_work_without_javascript(simulator: Simulator, client: httpx.Client) -> None:
    started = client.post(
        "/simulator/calls",
        data={"agent": "ada", "caller": "", "service_number": "+492214710110", "answered": "true"},
    )
    [call] = simulator.account.live_calls()
    ordered = client.post(
        "/simulator/next-transfer", data={"answer": "http_500", "leg": "", "ring_seconds": "", "seconds": ""}
    )
    ended = client.post(
        f"/simulator/calls/{call.call_uuid}/hangup", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert [(answer.status_code, answer.headers["location"]) for answer in (started, ordered, ended)] == [
        (303, "/")
    ] * 3
    assert (call.agent, call.inbound.destination, call.state) == ("ada", "+492214710110", "ended")
    assert simulator.orders.next is not None
    assert simulator.orders.next.answer == "http_500"


def test_page_can_refuse_and_accept_the_access_key(simulator: Simulator, client: httpx.Client) -> None:
    period = {"start_date_from": "2026-05-04T09:00:00Z", "start_date_to": "2026-05-04T09:01:00Z"}
    transfer = {
        "call_uuid": "5f0c1d2e-aaaa-4bbb-8ccc-1234567890ab",
        "destination_type": "SIP_USER",
        "destination": "clara.weiss",
    }

    def codes() -> list[str | None]:
        asked = [("/cdrs/retrieve", period), ("/transfer-call", transfer)]
        answers = [client.post(path, json={"access_key": ACCESS_KEY, **fields}) for path, fields in asked]
        return [answer.json().get("error_code") for answer in answers]

    client.post("/simulator/options", data={"key_refused": "true"})
    refused, page_then = codes(), client.get("/").text
    client.post("/simulator/options", data={"key_refused": "false"})

    assert refused == ["BAD_CREDENTIALS", "BAD_CREDENTIALS"]
    assert codes() == [None, "CALL_UUID_NOT_FOUND"]
    assert "The access key is refused" in page_then
    assert "The access key is accepted" in client.get("/").text


def test_refused_form_keeps_the_entered_values(client: httpx.Client) -> None:
    answer = client.post("/simulator/calls", data={"caller": "abc", "agent": "ben", "answered": "false"})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="abc"' in answer.text
    assert '<option value="ben" selected>' in answer.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Origin": "null"}, {"Host": "elsewhere.example"}]
)
def test_requests_of_other_sites_are_refused(
    simulator: Simulator, client: httpx.Client, headers: dict[str, str]
) -> None:
    answer = client.post("/simulator/calls", data={"agent": "ada"}, headers=headers)

    assert answer.status_code == 403
    assert simulator.account.live_calls() == []


def test_requests_of_the_own_page_are_accepted(simulator: Simulator, client: httpx.Client) -> None:
    answer = client.post("/simulator/calls", data={"agent": "ada"}, headers={"Origin": simulator.url})

    assert answer.status_code == 303


def test_form_as_plain_text_is_refused(simulator: Simulator, client: httpx.Client) -> None:
    answer = client.post("/simulator/calls", content=b'{"agent":"ada"}', headers={"Content-Type": "text/plain"})

    assert answer.status_code == 400
    assert simulator.account.live_calls() == []


@pytest.mark.parametrize("name", ["css/tokens.css", "css/simulator.css", "js/simulator.js"])
def test_files_of_the_page_are_served(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/static/{name}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/")


@pytest.mark.parametrize(
    "path", ["/static/../manage.py", "/static/admin/css/base.css", "/simulator/nothing", "/nothing"]
)
def test_other_files_are_not_served(simulator: Simulator, path: str) -> None:
    host = urlsplit(simulator.url)
    connection = httpx.HTTPTransport()
    request = httpx.Request("GET", simulator.url, extensions={"target": path.encode()}, headers={"Host": host.netloc})

    with connection:
        answer = connection.handle_request(request)
        answer.read()

    assert answer.status_code == 404
