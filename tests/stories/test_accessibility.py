"""What axe-core finds on every page, in both themes and at both widths; and the board by keyboard alone.

Each page is looked at twice, wide and light, narrow and dark: so every theme and every width is seen everywhere. A page
that breaks the CSP fails by the fixture `sign_in`.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]

WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
CARD_HEIGHT = 280
AXE = Axe()
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

FOCUS_RING = """() => {
    const focused = document.activeElement;
    const drawn = focused.matches("input[type=radio]") ? focused.nextElementSibling : focused;
    const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
    const box = drawn.getBoundingClientRect();
    const isSeen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    const ring = outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
    return { what: focused.outerHTML.slice(0, 120), ring, isSeen };
}"""


def barriers(page: Page) -> list[str]:
    """Check a page wide and light, then narrow and dark. Return each fault as "rule: elements", with the view."""
    found = []
    for name, size, theme in (("wide", WIDE, "light"), ("narrow", NARROW, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        found += [f"{name}, {theme}: {fault}" for fault in faults(page)]
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    return found


def faults(page: Page) -> list[str]:
    """Return what axe-core finds on the current page, and whether the page scrolls sideways."""
    violations = AXE.run(page, options=AXE_OPTIONS).response["violations"]
    found = [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in violations]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found


def only_faulty(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Leave out views without faults, so that a failing test shows only faults."""
    return {name: barriers_there for name, barriers_there in found.items() if barriers_there}


def hold(page: Page) -> None:
    """Stop all updates of the card, so that a state that lasts only seconds can be checked."""
    page.route("**/*", lambda route: route.abort())


def card_height(page: Page) -> float:
    """Return the height of the call card in CSS pixels."""
    return float(page.locator("#call-card").evaluate("card => card.getBoundingClientRect().height"))


def open_picker(page: Page, *, typed: str = "") -> None:
    """Open the picker by its key, with a text in its field, and wait until its list is settled."""
    page.keyboard.press("t")
    expect(page.locator("#dest-search")).to_be_focused()
    page.locator("#dest-search").fill(typed)
    expect(page.locator(f"#dest-results[data-text='{typed}']")).to_be_visible()


def test_the_pages_before_the_sign_in_have_no_barriers(sign_in: SignIn) -> None:
    page = sign_in("sue")
    page.context.clear_cookies()
    found: dict[str, list[str]] = {}

    page.goto("/accounts/login/")
    found["sign-in"] = barriers(page)
    page.locator("[name=login]").fill("sue")
    page.locator("[name=password]").fill("not it")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    found["refused"] = barriers(page)
    page.goto("/accounts/password/reset/")
    found["forgotten password"] = barriers(page)

    assert only_faulty(found) == {}


def test_the_board_has_no_barriers(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ben")
    found = {"idle": barriers(page)}
    await_call(page, simulator.start_call(agent="ben"))
    for state in ({"agent": "ada"}, {"agent": "clara.weiss"}, {"agent": "deniz.aydin", "answered": False}):
        call = simulator.start_call(**state)
        expect(page.locator(f".call-row[data-call-uuid='{call}']")).to_be_visible()

    found["own call and team"] = barriers(page)
    page.locator(".user-menu").click()
    expect(page.locator("#user-menu")).to_be_visible()
    found["menu"] = barriers(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    found["shortcuts"] = barriers(page)
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    expect(page.locator(".offline-bar")).to_be_visible()
    found["cut off"] = barriers(page)

    assert only_faulty(found) == {}


def test_the_picker_has_no_barriers(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))
    found: dict[str, list[str]] = {}

    for name, typed in {"list": "", "found": "re", "nothing found": "zzz", "refused": "+49 110"}.items():
        open_picker(page, typed=typed)
        found[name] = barriers(page)
        page.locator("[data-close]").click()
    open_picker(page, typed="0221/4710 567")
    expect(page.locator("#dest-readback")).to_contain_text("Not in the directory")
    found["typed"] = barriers(page)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    expect(page.locator(".dest-picker--confirm")).to_be_visible()
    found["asked again"] = barriers(page)

    assert only_faulty(found) == {}


def test_the_picker_as_a_page_has_no_barriers(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_board(sign_in, "ada")
    call = simulator.start_call(agent="ada")
    await_call(page, call)
    page.goto(f"/calls/{call}/transfer/")
    found = {"list": barriers(page)}

    page.locator("button.dest").first.click()
    expect(page.locator("[aria-current=true]")).to_be_visible()
    found["chosen"] = barriers(page)

    assert only_faulty(found) == {}


@pytest.mark.parametrize(
    ("state", "order"),
    [
        ("requested", {}),
        ("accepted", {"answer": "normal", "leg": "answered", "ring_seconds": 30}),
        ("answered", {"answer": "normal", "leg": "answered"}),
        ("rejected", {"answer": "call_uuid_not_found"}),
        ("unknown", {"answer": "drop"}),
    ],
)
def test_no_state_of_a_transfer_has_barriers_or_changes_the_height_of_the_card(
    sign_in: SignIn, simulator: Simulator, state: str, order: dict[str, object]
) -> None:
    page = open_board(sign_in, "ben")
    await_call(page, simulator.start_call(agent="ben"))
    if order:
        simulator.let_next_transfer(**order)

    ask_for_transfer(page, "1")
    if order:
        send_at_once(page)
    status(page, state)
    hold(page)

    assert barriers(page) == []
    assert card_height(page) == CARD_HEIGHT


def test_the_history_has_no_barriers(sign_in: SignIn, simulator: Simulator) -> None:
    agent = open_board(sign_in, "ada")
    await_call(agent, simulator.start_call(agent="ada"))
    simulator.let_next_transfer(answer="invalid_value")
    ask_for_transfer(agent, "1")
    send_at_once(agent)
    status(agent, "rejected")
    page = sign_in("sue", path="/transfers/")
    found = {"rows": barriers(page)}

    page.goto("/transfers/?q=zzzz")
    expect(page.locator("#history-table .empty")).to_be_visible()
    found["empty"] = barriers(page)
    page.goto("/transfers/")
    page.locator("#history-table tbody a").first.click()
    page.locator("#audit-entries summary").first.click()
    found["detail"] = barriers(page)

    assert only_faulty(found) == {}


def test_account_and_error_pages_have_no_barriers(sign_in: SignIn) -> None:
    page = sign_in("root", path="/accounts/password/change/")
    found = {"password": barriers(page)}

    for path, expected in {"/nowhere/": 404, "/transfers/": 403}.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == expected
        found[path] = barriers(page)

    assert only_faulty(found) == {}


def test_the_page_of_the_simulator_has_no_barriers(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))

    page.goto(f"{stack.simulator_url}/")

    assert barriers(page) == []


def test_tab_reaches_everything_on_the_board_and_the_focus_is_always_seen(
    sign_in: SignIn, simulator: Simulator
) -> None:
    page = open_board(sign_in, "ada")
    await_call(page, simulator.start_call(agent="ada"))
    call = simulator.start_call(agent="clara.weiss")
    wanted = {
        "way past the navigation": page.locator(".skip-link"),
        "navigation": page.locator(".side-nav__link").first,
        "menu": page.locator(".user-menu"),
        "card": page.locator("#transfer-call"),
        "row": page.locator(f".call-row[data-call-uuid='{call}'] button"),
        "dock": page.locator("#transfer-dock a").first,
    }
    expect(wanted["row"]).to_be_visible()

    reached: list[str] = []
    unseen: list[dict[str, object]] = []
    for _stop in range(40):
        page.keyboard.press("Tab")
        reached += [name for name, place in wanted.items() if is_focused(place)]
        focus = page.evaluate(FOCUS_RING)
        if focus["ring"] < 2 or not focus["isSeen"]:
            unseen.append(focus)
        if "dock" in reached:
            break

    assert reached == list(wanted)
    assert unseen == []
    wanted["way past the navigation"].focus()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def is_focused(place: Locator) -> bool:
    return bool(place.evaluate("element => element === document.activeElement"))
