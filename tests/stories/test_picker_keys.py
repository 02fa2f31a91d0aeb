"""The keys of the board when the picker does not load: a failed request, an expired session."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]


def fail_once(page: Page, how: str) -> None:
    """Let the next request for the picker fail."""

    def fail(route: Route) -> None:
        route.abort() if how == "no network" else route.fulfill(status=502, body="as told")

    page.route("**/calls/*/transfer/**", fail, times=1)


def ask_and_hold(page: Page) -> Route:
    """Press the key of the picker, and pause its request."""
    held: list[Route] = []
    page.route("**/calls/*/transfer/**", lambda route: held.append(route), times=1)
    with page.expect_request("**/calls/*/transfer/"):
        page.keyboard.press("t")
    while not held:
        page.wait_for_timeout(20)
    return held[0]


@pytest.mark.parametrize("how", ["no network", "bad gateway"])
@pytest.mark.parametrize("key", ["t", "1"])
def test_after_a_failed_request_for_the_picker_the_keys_work_as_before(
    sign_in: SignIn, simulator: Simulator, key: str, how: str
) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))
    fail_once(page, how)

    with page.expect_event("requestfinished" if how == "bad gateway" else "requestfailed"):
        page.keyboard.press(key)
    expect(page.locator("#dest-picker")).to_have_count(0)

    ask_for_transfer(page, "1", "Haustechnik Bereitschaft")
    expect(page.locator("#send-transfer")).to_be_focused()
    page.keyboard.press("z")
    expect(page.locator("#transfer-call")).to_be_visible()


def test_keys_work_after_the_button_that_opened_the_picker_was_replaced(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))
    held = ask_and_hold(page)

    page.evaluate("document.getElementById('transfer-call').dataset.old = ''")
    page.evaluate("document.dispatchEvent(new CustomEvent('live:own-call'))")
    expect(page.locator("#transfer-call:not([data-old])")).to_be_visible()
    with page.expect_event("requestfailed"):
        held.abort()

    page.keyboard.press("t")
    expect(page.locator("#dest-search")).to_be_focused()


def test_keys_typed_into_a_field_stay_there_while_the_picker_loads(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))
    page.evaluate("document.querySelector('main').prepend(document.createElement('textarea'))")
    held = ask_and_hold(page)

    page.locator("main textarea").focus()
    page.keyboard.type("abc")
    held.continue_()

    expect(page.locator("#dest-picker")).to_be_visible()
    expect(page.locator("main textarea")).to_have_value("abc")
    expect(page.locator("#dest-search")).to_have_value("")


@pytest.mark.parametrize("is_open", [False, True], ids=["asking for the picker", "searching in the picker"])
def test_expired_session_leads_the_whole_page_to_the_sign_in(
    sign_in: SignIn, simulator: Simulator, is_open: bool
) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))
    if is_open:
        page.keyboard.press("t")
        expect(page.locator("#dest-search")).to_be_focused()

    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("x" if is_open else "t")

    page.wait_for_url("**/accounts/login/?next=%2F")
    expect(page.get_by_label("User name")).to_be_visible()
