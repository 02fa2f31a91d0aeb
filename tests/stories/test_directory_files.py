"""Two sources of destinations, a spreadsheet and TENIOS' SIP users. A person reviews both before they are saved."""

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import await_call, open_board
from tests.stories.test_accessibility import NARROW, barriers, faults, only_faulty

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]

TABLE = "Name;Abteilung;Telefon\r\nJörg Größmann;Netzbau Süd;0221/4710 691\r\nKäthe Übelacker;Umspannwerke;{number}\r\n"


def upload_table(page: Page, *, number: str) -> None:
    """Upload a CSV file as a Western European Excel saves it, and wait for the preview."""
    content = TABLE.format(number=number).encode("cp1252")
    page.get_by_label("CSV or XLSX file").set_input_files(
        {"name": "ziele.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("region", name="Preview")).to_be_visible()


def look_for(board: Page, typed: str, name: str) -> None:
    """Open the picker and search for a destination."""
    board.keyboard.press("t")
    board.keyboard.type(typed)
    expect(board.locator("[role=option]", has_text=name)).to_be_visible()


def test_excel_file_is_corrected_imported_and_found_by_agents(sign_in: SignIn, simulator: Simulator) -> None:
    desk, board = sign_in("sue", path="/destinations/", viewport=NARROW), open_board(sign_in, "ada")
    await_call(board, simulator.start_call(agent="ada"))
    desk.get_by_role("button", name="More").click()
    found = {"menu": faults(desk)}
    desk.get_by_role("link", name="Import").click()

    upload_table(desk, number="0900 1234567")
    bad = desk.locator(".import-row", has_text="Error")
    expect(bad).to_contain_text("Käthe Übelacker")
    expect(bad).to_contain_text("Premium-rate numbers are not allowed")
    expect(desk.get_by_role("button", name="Import 1 row")).to_be_visible()
    found["preview"] = barriers(desk)
    desk.goto("/destinations/import/")
    upload_table(desk, number="0221 4710-692")
    desk.get_by_role("button", name="Import 2 rows").click()

    expect(desk.get_by_text("The import is done: 2 new, 0 changed.")).to_be_visible()
    look_for(board, "uebelacker", "Käthe Übelacker")
    expect(board.locator("#dest-readback")).to_contain_text("+49 221 4710692")
    assert only_faulty(found) == {}


def test_sip_users_are_fetched_reviewed_and_added(sign_in: SignIn, simulator: Simulator) -> None:
    desk, board = sign_in("sue", path="/destinations/"), open_board(sign_in, "ada")
    await_call(board, simulator.start_call(agent="ada"))
    simulator.set_options(sip_user_changes={"lindqvist.k": {"first_name": "Karla", "last_name": "Lindqvist"}})
    desk.get_by_role("link", name="SIP users").click()

    desk.get_by_role("button", name="Fetch from TENIOS").click()
    wanted = desk.get_by_label("Karla Lindqvist, lindqvist.k")
    expect(wanted).to_be_checked()
    simulator.set_options(sip_user_changes={})
    found = {"review": barriers(desk)}
    desk.locator("section", has=wanted).get_by_role("button", name="Tick all or none").click()
    expect(wanted).not_to_be_checked()
    wanted.check()
    desk.get_by_role("button", name="Take over what is ticked").click()

    expect(desk.get_by_text("1 change was taken over.")).to_be_visible()
    look_for(board, "karla", "Karla Lindqvist")
    assert only_faulty(found) == {}
