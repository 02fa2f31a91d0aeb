"""After a failure one key opens the picker on the next best destination. The note is kept, and nothing is sent yet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]


@pytest.fixture(autouse=True)
def _callers_come_back(simulator: Simulator) -> Iterator[None]:
    """Return callers to the agent after a failed transfer."""
    simulator.set_options(failed_transfer="return")
    yield
    simulator.set_options(failed_transfer="drop")


def test_a_key_opens_the_picker_on_the_next_best_destination_with_the_note_kept(
    sign_in: SignIn, simulator: Simulator
) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="normal", leg="no_answer")
    page.keyboard.press("t")
    expect(page.locator("#dest-search")).to_be_focused()
    page.keyboard.type("störungsdeinst gas")  # with a typing error: it is asked whether this was meant
    expect(page.locator("#dest-group-near")).to_contain_text("Did you mean")
    expect(page.locator("#dest-count")).to_contain_text("No exact match")
    page.get_by_label("Note for the colleague").fill("Smells of gas in the cellar")
    page.locator("#dest-search").focus()
    ask_for_transfer(page, "ArrowUp", "Störungsdienst Gas")
    expect(page.locator("#dest-send [data-sure]")).to_be_visible()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    send_at_once(page)
    status(page, "not_answered")

    expect(page.locator("#next-best")).to_contain_text("AStörungsdienst Strom")
    simulator.let_next_transfer(answer="normal", leg="answered")
    page.keyboard.press("a")

    expect(page.locator("#dest-readback")).to_contain_text("Störungsdienst Strom")
    expect(page.get_by_label("Note for the colleague")).to_have_value("Smells of gas in the cellar")
    assert len(simulator.requests_for(call)) == 1  # looking is not sending
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    send_at_once(page)
    status(page, "answered")
    sent = [request["fields"]["destination"] for request in simulator.requests_for(call)]
    assert sent == ["+491713920012", "+491713920014"]
