"""The directory in the browser: the picker shows what a supervisor edits by keyboard; the pages have no barriers."""

import itertools

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status
from tests.stories.test_accessibility import barriers, only_faulty

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("postgresql")]

_numbers = itertools.count(10)

CLOSED_TODAY = """() => {
    const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const now = new Date();
    return `${days[(now.getDay() + 3) % 7]} 8-17`;
}"""
"""Opening hours on one day, three days from now: the destination is closed today on any day of the week."""


def add_entry(page: Page, name: str, **fields: str) -> None:
    """Add an entry by keyboard, from the list: N, then field by field."""
    page.goto("/destinations/")
    page.keyboard.press("n")
    expect(page.locator("#entry_name")).to_be_focused()
    page.keyboard.type(name)
    page.get_by_label("Number or SIP name").fill(f"0221/4710 7{next(_numbers)}")
    for field, value in fields.items():
        page.locator(f"#entry_{field}").fill(value)
    page.locator("#entry_name").press("Enter")
    expect(page.get_by_text(f"{name} was added.")).to_be_visible()


def test_agents_picker_shows_what_a_supervisor_edits(sign_in: SignIn, simulator: Simulator) -> None:
    desk, board = sign_in("sue", path="/destinations/"), open_board(sign_in, "ada")
    await_call(board, simulator.start_call(agent="ada"))
    add_entry(desk, "Wallboxberatung", tags="Förderung")

    desk.keyboard.press("/")
    desk.keyboard.type("wallbox")
    expect(desk.locator("[data-row]")).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#entry_name")).to_have_value("Wallboxberatung")
    desk.locator("#entry_note").fill("Only for private customers.")
    desk.get_by_role("button", name="Add another").click()
    rows = desk.get_by_label("Number or SIP name")
    expect(rows).to_have_count(2)
    rows.nth(1).fill("+49 171 39200 77")
    rows.nth(1).press("Tab")
    expect(desk.locator("#address-1-said")).to_contain_text("+49 171 3920077")
    desk.get_by_label("Label").nth(1).fill("mobile")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Wallboxberatung was saved.")).to_be_visible()

    board.keyboard.press("t")
    board.keyboard.type("foerderung")
    expect(board.locator("[role=option]", has_text="Wallboxberatung")).to_have_count(2)
    expect(board.locator("#dest-readback")).to_contain_text("Only for private customers.")
    expect(board.locator("[role=option]", has_text="mobile +49")).to_be_visible()


def test_closed_destination_is_marked_and_needs_a_confirmation(sign_in: SignIn, simulator: Simulator) -> None:
    desk, board = sign_in("sue", path="/destinations/"), open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(board, call)
    add_entry(desk, "Schlichtungsstelle", hours=str(desk.evaluate(CLOSED_TODAY)))
    simulator.let_next_transfer(answer="normal", leg="answered")

    ask_for_transfer(board, "t", "Schlichtungsstelle", typed="schlichtung")

    expect(board.locator(".dest-picker--confirm")).to_be_visible()
    expect(board.locator("#dest-readback")).to_contain_text("Closed now, opens")
    assert simulator.requests_for(call) == []
    board.wait_for_timeout(300)
    board.keyboard.press("Enter")
    send_at_once(board)
    status(board, "answered")
    [sent] = simulator.requests_for(call)
    assert sent["fields"]["destination"].startswith("+4922147107")


def test_destination_changed_while_the_picker_was_open_is_not_sent(sign_in: SignIn, simulator: Simulator) -> None:
    desk, board = sign_in("sue", path="/destinations/"), open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(board, call)
    add_entry(desk, "Messdatenportal")
    board.keyboard.press("t")
    board.keyboard.type("messdaten")
    expect(board.locator("#dest-readback")).to_contain_text("Messdatenportal")
    board.wait_for_timeout(300)
    desk.get_by_role("link", name="Messdatenportal").click()
    desk.get_by_label("Agents may transfer to it").uncheck()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Messdatenportal was saved.")).to_be_visible()

    board.keyboard.press("Enter")

    expect(board.locator("#dest-notice")).to_contain_text("The directory does not hold this any more")
    expect(board.locator("#dest-search")).to_have_value("messdaten")
    assert simulator.requests_for(call) == []


def test_personal_destination_is_only_in_the_picker_of_its_owner(sign_in: SignIn, simulator: Simulator) -> None:
    own = sign_in("ben", path="/destinations/", locale="de")
    own.goto("/destinations/new/?scope=own")
    own.locator("#entry_name").fill("Nachbarin Yilmaz")
    own.locator("#id_address-0-address").or_(own.locator("[name='address-0-address']")).first.fill("0171 3920088")
    own.locator("#entry_name").press("Enter")
    expect(own.get_by_role("link", name="Nachbarin Yilmaz")).to_be_visible()

    for person, found in {"ben": 1, "ada": 0}.items():
        board = open_board(sign_in, person)
        await_call(board, simulator.start_call(agent=person))
        board.keyboard.press("t")
        board.keyboard.type("nachbarin")
        expect(board.locator("#dest-results[data-text='nachbarin']")).to_be_visible()
        expect(board.locator("[role=option]", has_text="Nachbarin Yilmaz")).to_have_count(found)


def test_the_pages_of_the_directory_have_no_barriers(sign_in: SignIn) -> None:
    page = sign_in("sue", path="/destinations/")
    found = {"list": barriers(page)}

    page.get_by_role("link", name="Zählerwesen, Frau Kessler").click()
    page.locator(".directory-changes summary").click()
    found["entry"] = barriers(page)
    page.locator("#entry_name").fill("")
    page.locator("#entry_hours").fill("Sat 25-14")
    page.locator("#entry_name").press("Enter")
    expect(page.get_by_text("25 is not an hour")).to_be_visible()
    found["refused"] = barriers(page)
    page.goto("/destinations/new/")
    found["new"] = barriers(page)
    page.goto("/destinations/?q=nothing-like-that")
    found["nothing found"] = barriers(page)
    page.goto("/destinations/holidays/")
    found["holidays"] = barriers(page)

    assert only_faulty(found) == {}


def test_an_agents_pages_of_the_directory_have_no_barriers(sign_in: SignIn) -> None:
    page = sign_in("ada", path="/destinations/")
    found = {"own": barriers(page)}

    page.goto("/destinations/?scope=shared")
    page.get_by_role("link", name="Elif Vogt").click()
    found["shared"] = barriers(page)

    assert only_faulty(found) == {}
