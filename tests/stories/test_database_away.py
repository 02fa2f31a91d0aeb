"""An agent requests a transfer while the database is locked (SQLite) or refuses connections (PostgreSQL)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from scripts.chaos.faults.database_outage import make_unavailable
from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow]

# SQLite waits for its lock before it gives up.
ADMITTED_MS = 25_000
NOTE = "asks for the invoice of May"


@contextmanager
def database_away(stack: Stack) -> Iterator[None]:
    """Lock the database (SQLite), or refuse connections (PostgreSQL), while the block runs."""
    ends = threading.Event()
    away = threading.Thread(target=lambda: make_unavailable(stack.env["DATABASE_URL"], seconds=120, stop=ends))
    away.start()
    try:
        ends.wait(0.5)
        yield
    finally:
        ends.set()
        away.join()


def open_picker(page: Page, typed: str, name: str) -> None:
    page.keyboard.press("t")
    page.keyboard.type(typed)
    expect(page.locator("#dest-readback")).to_contain_text(name)
    page.locator("[name=note]").fill(NOTE)
    page.wait_for_timeout(300)


def test_picker_says_not_confirmed_keeps_all_input_and_sends_once(
    sign_in: SignIn, simulator: Simulator, stack: Stack
) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="normal", leg="answered")
    open_picker(page, "haustechnik", "Haustechnik Bereitschaft")
    key = page.locator("[name=request_key]").input_value()

    with database_away(stack):
        page.locator("#dest-send").click()
        expect(page.locator("#dest-notice")).to_contain_text("may not have been recorded", timeout=ADMITTED_MS)
        expect(page.locator("#dest-notice")).to_contain_text("one transfer at most")

    expect(page.locator("#dest-search")).to_have_value("haustechnik")
    expect(page.locator("[name=note]")).to_have_value(NOTE)
    expect(page.locator("#dest-readback")).to_contain_text("Haustechnik Bereitschaft")
    expect(page.locator("[name=request_key]")).to_have_value(key)
    page.locator("#dest-send").click()
    send_at_once(page)
    status(page, "answered")
    assert len(simulator.requests_for(call)) == 1


def test_card_says_that_a_button_may_have_had_no_effect(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    trouble = page.locator("#action-trouble")

    with database_away(stack):
        page.get_by_role("button", name="Not my call").click()
        expect(trouble).to_contain_text("may not have been carried out", timeout=ADMITTED_MS)

    # The old stream has ended. The time of the retry depends on the number of failures meanwhile.
    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=40_000)
    page.get_by_role("button", name="Not my call").click()
    expect(trouble).to_be_empty()
    expect(page.locator(f"#call-card[data-call-uuid='{call}']")).to_have_count(0)


def test_without_scripts_the_form_comes_back_as_a_page_and_is_sent_once(
    sign_in: SignIn, simulator: Simulator, stack: Stack
) -> None:
    call = simulator.start_call(agent="ada")
    await_call(open_board(sign_in, "ada"), call)
    simulator.let_next_transfer(answer="normal", leg="answered")
    page = sign_in("ada", path=f"/calls/{call}/transfer/", java_script_enabled=False)
    page.get_by_role("button", name="Haustechnik Bereitschaft").first.click()
    page.locator("[name=note]").fill(NOTE)

    with database_away(stack):
        page.locator("#dest-send").click(timeout=ADMITTED_MS)
        expect(page.get_by_role("heading", name="Not confirmed")).to_be_visible(timeout=ADMITTED_MS)
    expect(page.locator("main")).to_contain_text(NOTE)
    page.get_by_role("button", name="Send the form again").click()

    expect(page.get_by_role("heading", name="Transfer to Haustechnik Bereitschaft")).to_be_visible()
    expect(page.locator("main")).to_contain_text(NOTE)
