"""TENIOS refuses the access key, or asks to wait: who is told, what leaves, and how it goes on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from scripts.stack import Stack
from transfers.tests.flows.conftest import SignIn, Simulator
from transfers.tests.flows.steps import ask_for_transfer, await_call, open_board, send_at_once, status
from transfers.tests.flows.system_shell import run_in_system
from transfers.tests.flows.test_accessibility import CARD_HEIGHT, WIDE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.flow]

STOPPED = "Sending is stopped: TENIOS refuses our access key"
PAUSED = "TENIOS asks us to wait"


@pytest.fixture(autouse=True)
def _open_afterwards(stack: Stack, simulator: Simulator) -> Iterator[None]:
    """Leave a key that is taken and an open gate to the stories that come after."""
    yield
    simulator.set_options(key_refused=False)
    run_in_system(stack, "SendingGate.objects.all().delete()")


def open_picker(page: Page, key: str) -> None:
    """Open the picker on a favourite and wait until its list rests."""
    page.keyboard.press(key)
    expect(page.locator("#dest-readback")).not_to_be_empty()
    page.wait_for_timeout(300)


def card_height(page: Page) -> float:
    """How tall the own call's card is on a wide screen."""
    page.set_viewport_size(WIDE)
    box = page.locator("#call-card").bounding_box()
    return box["height"] if box else 0


def notice(page: Page) -> str:
    """What stands in the picker's way."""
    return page.locator("#dest-picker [data-obstacle]").inner_text()


def test_a_refused_key_stops_everybody_until_an_administrator_has_checked_it(
    sign_in: SignIn, simulator: Simulator
) -> None:
    ada, ben = open_board(sign_in, "ada"), open_board(sign_in, "ben")
    adas, bens = simulator.start_call(agent="ada"), simulator.start_call(agent="ben")
    await_call(ada, adas)
    await_call(ben, bens)
    root = sign_in("root", path="/connection/", java_script_enabled=False)
    simulator.set_options(key_refused=True)

    # Ben's request is still in its grace when Ada's is refused: he is told, and nothing of his leaves.
    open_picker(ben, "1")
    ask_for_transfer(ada, "2")
    ben.keyboard.press("Enter")
    expect(ben.locator("[data-transfer-state=requested]")).to_be_visible()
    send_at_once(ada)
    status(ada, "rejected")
    expect(ada.locator("#transfer-status-text")).to_contain_text("TENIOS refuses our access key")
    status(ben, "cancelled")
    expect(ben.locator("#transfer-status-text")).to_contain_text("TENIOS lehnt unseren Zugangsschlüssel ab")
    assert card_height(ben) == CARD_HEIGHT
    assert simulator.requests_for(bens) == []

    # Ada's next click is refused here, with the reason, and nothing typed is lost.
    ada.locator("#dismiss-transfer").click()
    expect(ada.locator("#transfer-call")).to_be_visible()
    open_picker(ada, "2")
    assert STOPPED in notice(ada)
    ada.get_by_label("Note for the").fill("Zähler 4711")
    ada.locator("#dest-search").focus()
    ada.keyboard.press("Enter")
    expect(ada.locator("#dest-picker [data-obstacle=stopped]")).to_be_visible()
    expect(ada.get_by_label("Note for the")).to_have_value("Zähler 4711")
    assert len(simulator.requests_for(adas)) == 1

    # The administrator checks while TENIOS still refuses, then once it does not; without any script.
    root.reload()
    expect(root.get_by_role("heading", name=STOPPED)).to_be_visible()
    root.get_by_role("button", name="Try again").click()
    expect(root.get_by_text("TENIOS refuses the access key. Sending stays stopped.")).to_be_visible()
    simulator.set_options(key_refused=False)
    root.get_by_role("button", name="Check now").click()
    expect(root.locator(".page__messages")).to_contain_text("TENIOS takes the access key.")
    expect(root.get_by_role("heading", name=STOPPED)).to_be_hidden()

    # The same form, still open, now goes through.
    simulator.let_next_transfer(answer="normal", leg="answered")
    ada.locator("#dest-search").focus()
    ada.keyboard.press("Enter")
    send_at_once(ada)
    status(ada, "answered")
    assert [request["error_code"] for request in simulator.requests_for(adas)] == ["BAD_CREDENTIALS", None]


def test_a_429_holds_requests_back_and_lets_them_go_by_itself(sign_in: SignIn, simulator: Simulator) -> None:
    ada, ben = open_board(sign_in, "ada"), open_board(sign_in, "ben")
    adas, bens = simulator.start_call(agent="ada"), simulator.start_call(agent="ben")
    await_call(ada, adas)
    await_call(ben, bens)
    simulator.let_next_transfer(answer="http_429", seconds=6, call_uuid=adas)
    simulator.let_next_transfer(answer="normal", leg="answered", call_uuid=bens)

    # Ben's request waits out the pause that Ada's brought, says so, and is sent once.
    open_picker(ben, "1")
    ask_for_transfer(ada, "2")
    ben.keyboard.press("Enter")
    expect(ben.locator("[data-transfer-state=requested]")).to_be_visible()
    send_at_once(ada)
    status(ada, "rejected")
    expect(ada.locator("#transfer-status-text")).to_contain_text(PAUSED)
    expect(ben.locator("#transfer-status-text")).to_contain_text("TENIOS bittet uns zu warten")
    expect(ben.locator("#send-transfer")).to_be_hidden()
    assert (card_height(ada), card_height(ben)) == (CARD_HEIGHT, CARD_HEIGHT)

    # Who asks meanwhile is refused here and told for how long.
    ada.keyboard.press("t")
    expect(ada.locator("#dest-picker [data-obstacle=paused]")).to_contain_text("Transfer again in")
    status(ben, "answered")
    assert len(simulator.requests_for(bens)) == 1

    simulator.let_next_transfer(answer="normal", leg="answered", call_uuid=adas)
    ada.keyboard.press("Enter")
    send_at_once(ada)
    status(ada, "answered")
    assert [request["status"] for request in simulator.requests_for(adas)] == [429, 200]


def test_the_connection_page_has_no_barriers(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = sign_in("root", path="/connection/")
    page.get_by_role("button", name="Check now").click()
    expect(page.locator(".page__messages")).to_contain_text("TENIOS takes the access key.")
    expect(page.locator("#check-connection")).to_be_focused()
    found = {"open": barriers(page)}

    run_in_system(
        stack,
        """
        from transfers import sending_gate
        sending_gate.stop_sending(code="BAD_CREDENTIALS", key_digest="x" * 64, actor="worker")
        """,
    )
    page.goto("/connection/")
    found["stopped"] = barriers(page)

    assert {name: faults for name, faults in found.items() if faults} == {}
