"""The running system for the stories: the same processes that `make demo` starts, and a real browser."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts.chromium import LAUNCH_ARGS, find_chromium
from scripts.scratch_database import scratch_database
from scripts.stack import Stack

SignIn = Callable[..., Page]

# How long a page may take before a story fails. Long, because other processes and browsers share the machine.
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


class Simulator:
    """A client of the simulator's control interface."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._started: list[str] = []

    def start_call(self, **wishes: Any) -> str:
        """Start an incoming call and return its id. By default its agent answers at once."""
        call_uuid = str(self._post("/simulator/calls", {"talk_seconds": None, **wishes})["call_uuid"])
        self._started.append(call_uuid)
        return call_uuid

    def hang_up(self, call_uuid: str) -> None:
        self._post(f"/simulator/calls/{call_uuid}/hangup", {})

    def hang_up_all(self) -> None:
        """End the calls of this test, so that the next test starts without calls. A call may have ended already."""
        for call_uuid in self._started:
            self._http.post(f"/simulator/calls/{call_uuid}/hangup", json={})

    def let_next_transfer(self, **order: Any) -> None:
        """Choose how TENIOS answers the next transfer and what its destination does."""
        self._post("/simulator/next-transfer", order)

    def set_options(self, **options: Any) -> None:
        """Choose between undocumented behaviours of TENIOS. A test that changes one has to change it back."""
        self._post("/simulator/options", options)

    def requests_for(self, call_uuid: str) -> list[dict[str, Any]]:
        """Return the requests about a call that reached TENIOS, from the ledger that the product cannot see."""
        ledger = self._http.get("/simulator/ledger").raise_for_status().json()["requests"]
        return [request for request in ledger if request["fields"].get("call_uuid") == call_uuid]

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(path, json=body).raise_for_status()
        return dict(answer.json()) if answer.content else {}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All processes, with their own database of the kind under test."""
    folder = tmp_path_factory.mktemp("stack")
    with (
        scratch_database(like=os.environ["DATABASE_URL"], folder=folder) as url,
        Stack(
            var_dir=folder,
            database_url=url,
            calls_per_minute=0,
            extra_env={"TRANSFER_LIMIT_PER_AGENT": "0"},  # ada makes in minutes what people make in a shift
            simulator_args=["--transfer-ring-seconds=0.4,0.8", "--no-answer-seconds=1", "--cdr-delay-seconds=0"],
        ) as stack,
    ):
        yield stack


@pytest.fixture
def simulator(stack: Stack) -> Iterator[Simulator]:
    assert stack.simulator_url is not None
    with httpx.Client(base_url=stack.simulator_url, timeout=10, trust_env=False) as http:
        simulator = Simulator(http)
        yield simulator
        simulator.hang_up_all()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all stories. It is closed after them: while it runs, no other test can have an event loop."""
    if reason := os.environ.get("NO_CHROMIUM_REASON"):
        pytest.skip(reason)
    path = find_chromium() or pytest.skip("no Chromium was found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(LAUNCH_ARGS))
        yield browser
        browser.close()


@pytest.fixture
def sign_in(browser: Browser, stack: Stack) -> Iterator[SignIn]:
    """Sign a person in and return their page; a page that breaks the CSP or throws fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(username: str, *, path: str = "/", **options: Any) -> Page:
        context = browser.new_context(base_url=stack.web_url, **{"locale": "en", "reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"/accounts/login/?next={path}")
        page.get_by_label("User name").or_(page.get_by_label("Benutzername")).fill(username)
        page.locator("[name=password]").fill(stack.password)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(f"**{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
