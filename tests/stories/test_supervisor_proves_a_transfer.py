"""The supervisor's story: finds a transfer in the history, opens it, reads its trail, exports it."""

import csv
import io

import pytest
from playwright.sync_api import expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow]


def test_a_supervisor_finds_a_transfer_reads_its_trail_and_exports_it(sign_in: SignIn, simulator: Simulator) -> None:
    agent = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada", caller="+493023125499")
    await_call(agent, call)
    simulator.let_next_transfer(answer="normal", leg="answered")
    ask_for_transfer(agent, "3", "Störungsdienst Gas")
    send_at_once(agent)
    status(agent, "answered")

    page = sign_in("sue")
    page.get_by_role("link", name="Transfers").first.click()
    page.get_by_role("searchbox").or_(page.locator("[name=q]")).first.fill(call)
    page.keyboard.press("Enter")
    row = page.locator("#history-table tbody tr:has(a)")
    expect(row).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    row.get_by_role("link").first.click()

    expect(page.get_by_role("heading", name="Störungsdienst Gas")).to_be_visible()
    trail = page.locator("#audit-entries")
    for sentence in ("Transfer requested", "Sending to TENIOS", "Accepted by TENIOS", "answered"):
        expect(trail).to_contain_text(sentence)
    expect(trail).to_contain_text('{"success":true}')
    expect(page.locator("main")).not_to_contain_text("not intact")
    [exported] = csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")))
    assert (exported["call_uuid"], exported["state"]) == (call, "answered")
    assert (exported["agent"], exported["destination"]) == ("Ada Sommer", "+491713920012")
    assert exported["caller_number"] == "+493023125499"
