"""What people do on the board, in the words of the stories."""

from playwright.sync_api import Page, expect

from tests.stories.conftest import SignIn


def open_board(sign_in: SignIn, username: str) -> Page:
    """Sign in and wait until the board is live."""
    page = sign_in(username)
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    return page


def await_call(page: Page, call_uuid: str) -> None:
    """Wait until a call is the person's own and can be transferred."""
    expect(page.locator(f"#call-card[data-call-uuid='{call_uuid}'][data-panel]")).to_be_visible()


def ask_for_transfer(page: Page, key: str, name: str = "", *, typed: str = "") -> None:
    """Open the picker with a key, type the text, check the read-back, and press Enter when the list is settled."""
    page.keyboard.press(key)
    if typed:
        page.keyboard.type(typed)
        expect(page.locator("#dest-search")).to_have_value(typed)
    if name:
        expect(page.locator("#dest-readback")).to_contain_text(name)
    else:
        expect(page.locator("#dest-readback")).not_to_be_empty()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")


def send_at_once(page: Page) -> None:
    """Press Enter again, so that the transfer is sent before the grace ends."""
    expect(page.locator("#send-transfer")).to_be_focused()
    page.keyboard.press("Enter")


def status(page: Page, state: str) -> None:
    """Wait until the card shows that state of the transfer."""
    expect(page.locator(f"[data-transfer-state={state}]")).to_be_visible()
