"""The list of SIP users and the state of an agent, in every form that may come, also over a real socket."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from simulator.options import Options
from simulator.server import Simulator
from transfers import tenios
from transfers.tenios import AgentState, AgentStateAnswer, ReadProblem, SipUser, SipUsers, SipUsersUnavailable

KEY = "00000000-1111-2222-3333-444444444444"
ITEM = {
    "user_name": "+49221000001",
    "first_name": "Jana",
    "last_name": "Weber",
    "internal_extension": "12",
    "outbound_allowed": False,
    "sip_login_enabled": True,
    "call_history_enabled": True,
    "email": "weber@example.org",
}
BAD_KEY = {"error_code": "BAD_CREDENTIALS", "error_message": "Bad credentials", "fields": []}
NOT_FOUND = {"error_code": "AGENT_NOT_FOUND", "error_message": "Agent not found.", "fields": []}


def client_of(*answers: httpx.Response, requests: list[dict[str, Any]] | None = None) -> tenios.TeniosClient:
    """A client that receives these answers in turn, then always the last one, and records the requests."""
    received = [] if requests is None else requests

    def handle(request: httpx.Request) -> httpx.Response:
        received.append({"path": request.url.path, **json.loads(request.content)})
        answer = answers[min(len(received), len(answers)) - 1]
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    return tenios.TeniosClient(access_key=KEY, base_url="https://tenios.test", transport=httpx.MockTransport(handle))


def page(*items: object, total: object, number: int = 1, size: int = 100) -> httpx.Response:
    answer = {"success": True, "items": items, "page": number, "page_size": size, "total_items": total}
    return httpx.Response(200, json=answer)


def named(user_name: str) -> dict[str, str]:
    return {"user_name": user_name}


def test_user_is_read_with_our_names() -> None:
    listed = client_of(page(ITEM, total=1)).sip_users()

    user = SipUser(
        user_name="+49221000001", first_name="Jana", last_name="Weber", extension="12", email="weber@example.org"
    )
    assert listed == SipUsers([user], is_whole=True)


def test_pages_are_read_until_all_users_are_there() -> None:
    requests: list[dict[str, Any]] = []
    counts: list[int] = []
    pages = [
        page(named("a"), named("b"), total="3", number=1, size=2),
        page(named("b"), named("c"), total="3", number=2, size=2),
    ]

    listed = client_of(*pages, requests=requests).sip_users(on_page=counts.append)

    assert [user.user_name for user in listed.users] == ["a", "b", "c"]
    assert listed.is_whole
    assert counts == [2, 3]
    assert [(each["path"], each["page"], each["page_size"]) for each in requests] == [
        ("/cloud-pbx/list", 1, 100),
        ("/cloud-pbx/list", 2, 100),
    ]


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ([named("a"), "no object"], 2),
        ([named("a"), {"first_name": "nameless"}], 1),
        ([named("a"), named("x" * 129)], 2),
        ([named("a"), named("b\x00c")], 2),
        ([named("a")], 2),
        ([named("a")], None),
        ([named("a")], "many"),
    ],
)
def test_incomplete_list_is_not_whole_and_keeps_its_users(items: list[Any], total: object) -> None:
    listed = client_of(page(*items, total=total), page(total=total, number=2)).sip_users()

    assert [user.user_name for user in listed.users] == ["a"]
    assert not listed.is_whole


def test_reading_ends_when_the_server_repeats_a_page() -> None:
    requests: list[dict[str, Any]] = []

    listed = client_of(page(named("a"), total=500, number=1, size=1), requests=requests).sip_users()

    assert len(requests) == 2
    assert not listed.is_whole


def test_endless_list_is_given_up() -> None:
    pages = [page(named(f"u{number}"), total=10**6, number=number, size=1) for number in range(1, 102)]
    requests: list[dict[str, Any]] = []

    with pytest.raises(SipUsersUnavailable) as caught:
        client_of(*pages, requests=requests).sip_users()

    assert caught.value.problem == ReadProblem.TOO_MUCH
    assert len(requests) == 100


@pytest.mark.parametrize(
    ("answer", "problem", "detail"),
    [
        (httpx.Response(403), ReadProblem.KEY_REFUSED, "HTTP 403"),
        (httpx.Response(401), ReadProblem.KEY_REFUSED, "HTTP 401"),
        (httpx.Response(400, json=BAD_KEY), ReadProblem.KEY_REFUSED, "BAD_CREDENTIALS"),
        (httpx.Response(429), ReadProblem.ASKED_TO_WAIT, "HTTP 429"),
        (httpx.Response(404), ReadProblem.ERROR_ANSWER, "HTTP 404"),
        (httpx.Response(500, text="<html>"), ReadProblem.ERROR_ANSWER, "HTTP 500"),
        (httpx.Response(200, json={"success": False, "error_code": "ODD"}), ReadProblem.ERROR_ANSWER, "ODD"),
        (httpx.Response(200, text="<html>"), ReadProblem.NOT_UNDERSTOOD, ""),
        (httpx.Response(200, json={"success": True}), ReadProblem.NOT_UNDERSTOOD, ""),
        (httpx.Response(200, json={"items": {}}), ReadProblem.NOT_UNDERSTOOD, ""),
        (httpx.Response(200, content=b" " * (2 * 1024 * 1024 + 1)), ReadProblem.TOO_MUCH, ""),
    ],
)
def test_error_says_why_without_a_secret(answer: httpx.Response, problem: ReadProblem, detail: str) -> None:
    with pytest.raises(SipUsersUnavailable) as caught:
        client_of(answer).sip_users()

    assert (caught.value.problem, caught.value.detail) == (problem, detail)
    assert KEY not in str(caught.value)


def test_failure_of_a_later_page_fails_the_whole_read() -> None:
    with pytest.raises(SipUsersUnavailable):
        client_of(page(named("a"), total=2, size=1), httpx.Response(500)).sip_users()


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (httpx.Response(200, json={"email": "a", "state": "READY"}), AgentStateAnswer(state=AgentState.READY)),
        (httpx.Response(200, json={"state": "not_ready"}), AgentStateAnswer(state=AgentState.NOT_READY)),
        (httpx.Response(200, json={"state": "PAUSE"}), AgentStateAnswer()),
        (httpx.Response(200, json={"state": None}), AgentStateAnswer()),
        (httpx.Response(400, json=NOT_FOUND), AgentStateAnswer()),
        (httpx.Response(400, json={"error_code": "INVALID_VALUE", "fields": ["email"]}), AgentStateAnswer()),
        (httpx.Response(200, json={"success": True}), AgentStateAnswer(problem=ReadProblem.NOT_UNDERSTOOD)),
        (httpx.Response(200, text="READY"), AgentStateAnswer(problem=ReadProblem.NOT_UNDERSTOOD)),
        (
            httpx.Response(400, json=BAD_KEY),
            AgentStateAnswer(problem=ReadProblem.KEY_REFUSED, detail="BAD_CREDENTIALS"),
        ),
        (
            httpx.Response(429, headers={"Retry-After": "17"}),
            AgentStateAnswer(problem=ReadProblem.ASKED_TO_WAIT, detail="HTTP 429", retry_after_seconds=17),
        ),
        (httpx.Response(503), AgentStateAnswer(problem=ReadProblem.ERROR_ANSWER, detail="HTTP 503")),
    ],
)
def test_agent_state_is_read_from_the_answer(answer: httpx.Response, read: AgentStateAnswer) -> None:
    requests: list[dict[str, Any]] = []

    answered = client_of(answer, requests=requests).agent_state(email="weber@example.org")

    assert answered == read
    assert requests == [{"path": "/acd/agent-state/retrieve", "access_key": KEY, "email": "weber@example.org"}]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(access_key=KEY, options=Options(sip_user_changes={f"u{n:03}": {} for n in range(230)})) as running:
        yield running


def test_three_pages_are_read_over_a_real_socket(simulator: Simulator) -> None:
    client = tenios.TeniosClient(access_key=KEY, base_url=simulator.url)

    listed = client.sip_users()

    assert listed.is_whole
    assert len(listed.users) == 230 + len(simulator.account.sip_users)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"list_answer": "http_429"}, ReadProblem.ASKED_TO_WAIT),
        ({"list_answer": "http_500"}, ReadProblem.ERROR_ANSWER),
        ({"list_answer": "garbage"}, ReadProblem.NOT_UNDERSTOOD),
        ({"key_refused": True}, ReadProblem.KEY_REFUSED),
    ],
)
def test_problems_on_a_real_socket_are_distinguished(
    simulator: Simulator, options: dict[str, Any], problem: ReadProblem
) -> None:
    client = tenios.TeniosClient(access_key=KEY, base_url=simulator.url)
    simulator.account.options.change(options)

    with pytest.raises(SipUsersUnavailable) as caught:
        client.sip_users()

    assert caught.value.problem == problem
    assert client.agent_state(email="ada@example.org").problem == problem


def test_closed_port_is_unreachable() -> None:
    client = tenios.TeniosClient(access_key=KEY, base_url="http://127.0.0.1:9")

    with pytest.raises(SipUsersUnavailable) as caught:
        client.sip_users()

    assert caught.value.problem == ReadProblem.UNREACHABLE
    assert client.agent_state(email="ada@example.org").problem == ReadProblem.UNREACHABLE
