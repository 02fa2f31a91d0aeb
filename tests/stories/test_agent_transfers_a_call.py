"""The agent's stories, by keyboard only: a call appears, is transferred, and is answered or refused."""

import pytest
from playwright.sync_api import Route, expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_agent_transfers_a_new_call_with_two_keys_and_sees_answered(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada", caller="+493023125417")
    await_call(page, call)
    expect(page.locator("#call-card")).to_contain_text("+49 30 23125417")
    simulator.let_next_transfer(answer="normal", leg="answered")

    ask_for_transfer(page, "1", "Haustechnik Bereitschaft")
    expect(page.locator("#send-transfer")).to_be_focused()
    page.keyboard.press("Enter")

    status(page, "answered")
    expect(page.locator("#transfer-status-text")).to_contain_text("Haustechnik Bereitschaft answered")
    [sent] = simulator.requests_for(call)
    assert sent["fields"] == {
        "call_uuid": call,
        "destination_type": "EXTERNALNUMBER",
        "destination": "+492214710220",
    }


def test_agent_reads_why_tenios_refused_and_picks_another_destination(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="invalid_value")
    ask_for_transfer(page, "2", "Rechnungsklärung")
    send_at_once(page)
    status(page, "rejected")
    expect(page.locator("#transfer-status-text")).to_contain_text("You still have the caller.")
    expect(page.locator("#try-another")).to_be_focused()

    simulator.let_next_transfer(answer="normal", leg="answered")
    ask_for_transfer(page, "t", "Störungsdienst Gas", typed="stoerungsdienst gas")
    send_at_once(page)

    status(page, "answered")
    assert [request["acted"] for request in simulator.requests_for(call)] == [False, True]


def test_undone_transfer_is_never_sent(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ben")
    call = simulator.start_call(agent="ben")
    await_call(page, call)

    ask_for_transfer(page, "1")
    expect(page.locator("#send-transfer")).to_be_focused()
    page.keyboard.press("z")

    expect(page.locator("#transfer-call")).to_be_visible()
    page.wait_for_timeout(4_000)
    assert simulator.requests_for(call) == []


def test_without_a_second_enter_the_transfer_is_sent_when_the_grace_ends(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="normal", leg="busy")

    ask_for_transfer(page, "1", "Haustechnik Bereitschaft")

    not_answered = page.locator("[data-transfer-state=not_answered]")
    expect(not_answered).to_be_visible(timeout=30_000)
    expect(not_answered).to_contain_text("Haustechnik Bereitschaft is busy")
    assert len(simulator.requests_for(call)) == 1


def test_a_typed_number_is_read_back_before_it_is_sent(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer="normal", leg="answered")

    ask_for_transfer(page, "t", "4710567", typed="0221/4710 567")
    expect(page.locator("#dest-picker")).to_contain_text("Not in the directory. Is this right?")
    page.wait_for_timeout(300)
    assert simulator.requests_for(call) == []
    page.keyboard.press("Enter")
    send_at_once(page)

    status(page, "answered")
    assert simulator.requests_for(call)[0]["fields"]["destination"] == "+492214710567"


def test_number_typed_while_the_picker_loads_chooses_no_favourite(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))

    def come_late(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/transfer/", come_late)
    page.keyboard.press("t")
    page.keyboard.type("0221/4710 567")

    expect(page.locator("#dest-search")).to_have_value("0221/4710 567")
    expect(page.locator("#dest-readback")).to_contain_text("4710567")


@pytest.mark.parametrize("answer", ["drop", "drop_acted", "http_500", "garbage_acted", "cut_off"])
def test_unclear_answer_is_shown_as_unclear_and_never_sent_again(
    sign_in: SignIn, simulator: Simulator, answer: str
) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    simulator.let_next_transfer(answer=answer, leg="answered", ring_seconds=20)

    ask_for_transfer(page, "2", "Rechnungsklärung")
    send_at_once(page)

    expect(page.locator("[data-transfer-state=unknown], [data-transfer-state=accepted]")).to_be_visible()
    page.wait_for_timeout(1_500)
    assert len(simulator.requests_for(call)) == 1


def test_agent_takes_an_unassigned_call_and_gives_it_up(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="clara.weiss", caller="+493023125422")
    row = page.locator(f".call-row[data-call-uuid='{call}']")
    expect(row).to_contain_text("clara.weiss")

    row.get_by_role("button", name="Take").click()
    await_call(page, call)
    expect(row).to_be_hidden()
    page.get_by_role("button", name="Not my call").click()

    expect(page.locator("#call-card")).not_to_have_attribute("data-call-uuid", call)
    expect(row).to_be_visible()
