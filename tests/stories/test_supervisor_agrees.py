"""A number outside the policy: the agent asks, the supervisor agrees, and only then the transfer is sent."""

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board, status

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("postgresql")]


def test_foreign_number_is_sent_only_after_the_supervisor_agrees(sign_in: SignIn, simulator: Simulator) -> None:
    adas_page = open_board(sign_in, "ada")
    sues_page = open_board(sign_in, "sue")
    call = simulator.start_call(agent="ada", caller="+493023125433")
    await_call(adas_page, call)
    simulator.let_next_transfer(answer="normal", leg="answered")

    adas_page.keyboard.press("t")
    adas_page.keyboard.type("+44 20 7946 0123")
    adas_page.get_by_role("button", name="Ask a supervisor").click()
    expect(adas_page.locator("#approval-status")).to_contain_text("A supervisor was asked")
    question = sues_page.locator(".approval")
    expect(question).to_contain_text("Ada Sommer asks")
    assert simulator.requests_for(call) == []
    question.get_by_role("button", name="Agree", exact=True).click()

    expect(question).to_have_count(0)
    status(adas_page, "answered")
    [sent] = simulator.requests_for(call)
    assert sent["fields"]["destination"] == "+442079460123"


def test_a_supervisor_who_does_not_agree_is_named_on_the_agents_card(sign_in: SignIn, simulator: Simulator) -> None:
    adas_page = open_board(sign_in, "ada")
    sues_page = open_board(sign_in, "sue")
    call = simulator.start_call(agent="ada")
    await_call(adas_page, call)

    adas_page.keyboard.press("t")
    adas_page.keyboard.type("+33 1 42 68 53 00")
    adas_page.get_by_role("button", name="Ask a supervisor").click()
    sues_page.locator(".approval").get_by_role("button", name="Do not agree").click()

    expect(adas_page.locator("#approval-status")).to_contain_text("Sue Marten did not agree")
    assert simulator.requests_for(call) == []


def test_picker_shows_a_rule_saved_before_the_click_and_keeps_the_typed_text(
    sign_in: SignIn, simulator: Simulator
) -> None:
    adas_page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(adas_page, call)
    adas_page.keyboard.press("t")
    adas_page.keyboard.type("+33 1 42 68 53 00")
    ask = adas_page.get_by_role("button", name="Ask a supervisor")
    adas_page.get_by_label("Note for the colleague").fill("Vertrag 4711")
    expect(ask).to_be_visible()
    roots_page = sign_in("root", path="/number-rules/")
    roots_page.get_by_label("Numbers that begin with").fill("+33")
    roots_page.get_by_label("Reason").fill("No calls to France.")
    roots_page.get_by_role("button", name="Add rule").click()

    try:
        ask.click()

        expect(adas_page.locator("#dest-notice")).to_contain_text("No calls to France.")
        expect(adas_page.get_by_label("Note for the colleague")).to_have_value("Vertrag 4711")
        expect(adas_page.locator("#dest-search")).to_have_value("+33 1 42 68 53 00")
    finally:
        roots_page.get_by_role("button", name="Remove").click()
    assert simulator.requests_for(call) == []
