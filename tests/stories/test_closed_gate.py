"""TENIOS refuses the access key, or asks us to wait: who sees it, what is sent, and how sending resumes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from playwright.sync_api import Page, expect

from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status
from tests.stories.test_accessibility import CARD_HEIGHT, WIDE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("postgresql")]

STOPPED = "Sending is stopped: TENIOS refuses our access key"
PAUSED = "TENIOS asks us to wait"
OPEN_GATE = "DELETE FROM transfers_sendinggate"
STOP = """
    INSERT INTO transfers_sendinggate (id, stopped_at, stop_code, refused_key_digest)
    VALUES (1, CURRENT_TIMESTAMP, 'BAD_CREDENTIALS', '')
"""


@pytest.fixture(autouse=True)
def _open_afterwards(stack: Stack, simulator: Simulator) -> Iterator[None]:
    """Restore an accepted access key and an open gate for the stories that follow."""
    yield
    simulator.set_options(key_refused=False)
    run_sql(stack, OPEN_GATE)


def run_sql(stack: Stack, statement: str) -> None:
    """Change the database of the running system directly."""
    url = stack.env["DATABASE_URL"]
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as file:
            file.execute(statement)
    else:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(statement.encode())


def open_picker(page: Page, key: str) -> None:
    """Open the picker on a favourite and wait until its list is settled."""
    page.keyboard.press(key)
    expect(page.locator("#dest-readback")).not_to_be_empty()
    page.wait_for_timeout(300)


def press_enter(page: Page) -> None:
    """Request a transfer to the destination selected in the open picker."""
    page.locator("#dest-search").focus()
    page.keyboard.press("Enter")


def press_enter_and_be_refused(page: Page) -> None:
    """Press Enter, and wait until the picker that comes back is settled."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 409):
        press_enter(page)
    page.wait_for_timeout(500)


def card_height(page: Page) -> float:
    """Return the height of the card of the own call on a wide screen."""
    page.set_viewport_size(WIDE)
    box = page.locator("#call-card").bounding_box()
    return box["height"] if box else 0


def test_refused_key_stops_all_sending_and_the_next_click_is_never_sent(sign_in: SignIn, simulator: Simulator) -> None:
    ada, ben = open_board(sign_in, "ada"), open_board(sign_in, "ben")
    adas, bens = simulator.start_call(agent="ada"), simulator.start_call(agent="ben")
    await_call(ada, adas)
    await_call(ben, bens)
    simulator.set_options(key_refused=True)

    # Ben's request is still in its grace when Ada's is refused: his card says so, and his request is not sent.
    open_picker(ben, "1")
    ask_for_transfer(ada, "2")
    ben.keyboard.press("Enter")
    expect(ben.locator("[data-transfer-state=requested]")).to_be_visible()
    send_at_once(ada)
    status(ada, "rejected")
    status(ben, "cancelled")
    expect(ben.locator("#transfer-status-text")).to_contain_text("TENIOS lehnt unseren Zugangsschlüssel ab")
    assert card_height(ben) == CARD_HEIGHT
    assert simulator.requests_for(bens) == []

    # Ada's next click is refused with the reason, and her typed text is kept.
    ada.locator("#dismiss-transfer").click()
    expect(ada.locator("#transfer-call")).to_be_visible()
    open_picker(ada, "2")
    ada.locator("[name=note]").fill("Zähler 4711")
    press_enter_and_be_refused(ada)
    expect(ada.locator("#dest-picker [data-obstacle=stopped]")).to_contain_text(STOPPED)
    expect(ada.locator("[name=note]")).to_have_value("Zähler 4711")
    assert [request["error_code"] for request in simulator.requests_for(adas)] == ["BAD_CREDENTIALS"]


def test_administrator_resumes_sending_without_scripts(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    ada = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(ada, call)
    simulator.set_options(key_refused=True)
    run_sql(stack, STOP)
    open_picker(ada, "2")
    expect(ada.locator("#dest-picker [data-obstacle=stopped]")).to_contain_text(STOPPED)

    root = sign_in("root", path="/connection/", java_script_enabled=False)
    expect(root.get_by_role("heading", name=STOPPED)).to_be_visible()
    root.get_by_role("button", name="Try again").click()
    expect(root.get_by_text("TENIOS refuses the access key. Sending stays stopped.")).to_be_visible()
    simulator.set_options(key_refused=False)
    root.get_by_role("button", name="Check now").click()
    expect(root.locator(".page__messages")).to_contain_text("TENIOS takes the access key.")
    expect(root.get_by_role("heading", name=STOPPED)).to_be_hidden()

    # The picker was open all the time. Now it sends.
    simulator.let_next_transfer(answer="normal", leg="answered")
    press_enter(ada)
    send_at_once(ada)
    status(ada, "answered")
    assert len(simulator.requests_for(call)) == 1


def test_request_is_sent_after_the_pause_that_tenios_asked_for(sign_in: SignIn, simulator: Simulator) -> None:
    ada, ben = open_board(sign_in, "ada"), open_board(sign_in, "ben")
    adas, bens = simulator.start_call(agent="ada"), simulator.start_call(agent="ben")
    await_call(ada, adas)
    await_call(ben, bens)
    simulator.let_next_transfer(answer="http_429", seconds=4, call_uuid=adas)
    simulator.let_next_transfer(answer="normal", leg="answered", call_uuid=bens)

    open_picker(ben, "1")
    ask_for_transfer(ada, "2")
    ben.keyboard.press("Enter")
    expect(ben.locator("[data-transfer-state=requested]")).to_be_visible()
    send_at_once(ada)

    expect(ben.locator("#transfer-status-text")).to_contain_text("TENIOS bittet uns zu warten")
    status(ada, "rejected")
    expect(ada.locator("#transfer-status-text")).to_contain_text(PAUSED)
    status(ben, "answered")
    assert card_height(ada) == CARD_HEIGHT
    assert len(simulator.requests_for(bens)) == 1


def test_picker_says_how_long_the_pause_lasts(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="http_429", seconds=60)
    ask_for_transfer(page, "2")
    send_at_once(page)
    status(page, "rejected")

    open_picker(page, "t")
    expect(page.locator("#dest-picker [data-obstacle=paused]")).to_contain_text("Transfer again in")
    press_enter_and_be_refused(page)
    expect(page.locator("#dest-picker [data-obstacle=paused]")).to_contain_text(PAUSED)
    assert len(simulator.requests_for(call)) == 1

    # The pause is over: the same form is accepted.
    run_sql(stack, OPEN_GATE)
    simulator.let_next_transfer(answer="normal", leg="answered")
    press_enter(page)
    send_at_once(page)
    status(page, "answered")
    assert [request["status"] for request in simulator.requests_for(call)] == [429, 200]


def test_the_connection_page_has_no_barriers(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = sign_in("root", path="/connection/")
    page.get_by_role("button", name="Check now").click()
    expect(page.locator(".page__messages")).to_contain_text("TENIOS takes the access key.")
    expect(page.locator("#announcer")).to_contain_text("TENIOS takes the access key.")
    expect(page.locator("#check-connection")).to_be_focused()
    found = {"open": barriers(page)}

    simulator.set_options(key_refused=True)
    run_sql(stack, OPEN_GATE)
    run_sql(stack, STOP)
    page.goto("/connection/")
    expect(page.get_by_role("heading", name=STOPPED)).to_be_visible()
    found["stopped"] = barriers(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
