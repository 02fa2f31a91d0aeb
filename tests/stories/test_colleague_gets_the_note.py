"""The hand-over: a colleague sees who transfers a caller to them and why, before and after answering."""

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("postgresql")]


def test_the_colleague_reads_the_note_while_it_rings_and_on_their_own_card(
    sign_in: SignIn, simulator: Simulator
) -> None:
    adas_page = open_board(sign_in, "ada")
    bens_page = open_board(sign_in, "ben")
    call = simulator.start_call(agent="ada", caller="+493023125444")
    await_call(adas_page, call)
    simulator.let_next_transfer(answer="normal", leg="answered", ring_seconds=4)

    adas_page.keyboard.press("t")
    adas_page.keyboard.type("+4922147100562")
    expect(adas_page.locator("#dest-readback")).to_contain_text("47100562")
    adas_page.locator("[name=note]").fill("Zähler 4711, zweite Beschwerde")
    adas_page.wait_for_timeout(300)
    adas_page.locator("[name=note]").press("Control+Enter")
    expect(adas_page.locator("#dest-send")).to_be_focused()
    adas_page.wait_for_timeout(300)
    adas_page.keyboard.press("Enter")
    send_at_once(adas_page)

    card = bens_page.locator("#call-card")
    expect(card).to_contain_text("Ada Sommer übergibt Ihnen einen Anruf")
    expect(card).to_contain_text("Zähler 4711, zweite Beschwerde")
    status(adas_page, "answered")
    await_call(bens_page, call)
    expect(card).to_contain_text("Übergeben von Ada Sommer")
    expect(card).to_contain_text("Zähler 4711, zweite Beschwerde")
