"""The wallboard: up to date within a second, calm, and unchanged after hours."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from scripts.stack import Stack
from tests.stories.conftest import SignIn, Simulator
from tests.stories.steps import ask_for_transfer, await_call, open_board, send_at_once, status
from tests.stories.test_accessibility import WIDE, barriers

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.once_on("sqlite")]

PATH = "/wallboard/"
IS_FULL = "Boolean(document.fullscreenElement)"

# Makes every part differ from the server's, so that all are replaced. Resolves when the answer is in its place.
FETCH_ALL_ANEW = """() => new Promise((resolve) => {
    for (const line of document.querySelectorAll("[id^=wallboard-] p")) line.append(" ");
    const source = document.getElementById("wallboard-refresh");
    source.addEventListener("htmx:afterRequest", resolve, { once: true });
    htmx.trigger(source, "refresh");
})"""


def open_wallboard(sign_in: SignIn, **options: object) -> Page:
    """Sign in as the supervisor and wait until the wallboard is live."""
    page = sign_in("sue", path=PATH, viewport=WIDE, **options)
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    return page


def place_of(page: Page, name: str) -> Locator:
    """Return the tile of one person."""
    return page.locator(".agent", has_text=name)


def moments_of_fetches(page: Page) -> list[float]:
    """Record from now on when the page fetches its parts, in seconds of the browser's clock: it is never late."""
    moments: list[float] = []

    def record(request: Request) -> None:
        if request.url.endswith("/wallboard/parts/"):
            moments.append(request.timing["startTime"] / 1000)

    page.on("requestfinished", record)
    return moments


def test_call_rings_is_answered_is_transferred_and_ends(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_wallboard(sign_in)
    page.evaluate("window.notReloaded = true")
    agent = open_board(sign_in, "ada")
    today = int(page.locator(".kpi__value").nth(3).inner_text())

    call = simulator.start_call(agent="ada", caller="+493023125451")
    expect(place_of(page, "Ada")).to_contain_text("Connected")
    await_call(agent, call)
    simulator.let_next_transfer(answer="normal", leg="answered")
    ask_for_transfer(agent, "1")
    send_at_once(agent)
    status(agent, "answered")

    expect(place_of(page, "Ada")).to_contain_text("No call since")
    expect(page.locator(".feed__item").first).to_contain_text("Answered")
    expect(page.locator(".feed__item").first).to_contain_text("Ada")
    expect(page.locator(".kpi__value").nth(3)).to_have_text(str(today + 1))
    assert "23125" not in page.content()
    assert page.evaluate("window.notReloaded") is True


def test_changes_move_nothing_else(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_wallboard(sign_in)
    page.evaluate(
        """() => {
            window.shift = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) window.shift += entry.value;
            }).observe({ type: "layout-shift", buffered: false });
        }"""
    )

    simulator.start_call(agent="clara.weiss", answered=False)
    expect(page.locator(".waiting__call").first.locator("time")).to_be_visible()
    call = simulator.start_call(agent="ben")
    expect(place_of(page, "Ben")).to_contain_text("Connected")
    simulator.hang_up(call)
    expect(place_of(page, "Ben")).to_contain_text("No call since")

    assert page.evaluate("window.shift") == 0


def test_unchanged_part_is_not_rendered_again(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_wallboard(sign_in)
    hours = page.locator("#wallboard-hours").element_handle()
    agents = page.locator("#wallboard-agents").element_handle()

    call = simulator.start_call(agent="ada")
    expect(place_of(page, "Ada")).to_contain_text("Connected")
    simulator.hang_up(call)
    expect(place_of(page, "Ada")).to_contain_text("No call since")

    assert hours is not None
    assert agents is not None
    assert hours.evaluate("element => element.isConnected") is True
    assert agents.evaluate("element => element.isConnected") is False


def test_many_changes_cause_at_most_one_fetch_a_second(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_wallboard(sign_in)
    moments = moments_of_fetches(page)

    for _ in range(12):
        simulator.hang_up(simulator.start_call(agent="ben"))
        page.wait_for_timeout(150)
    page.wait_for_timeout(1_500)

    assert len(moments) >= 2
    assert min(after - before for before, after in pairwise(moments)) > 0.9


def test_wallboard_says_that_it_is_cut_off_and_recovers(sign_in: SignIn, simulator: Simulator, stack: Stack) -> None:
    page = open_wallboard(sign_in)

    stack.take_down("redis")
    expect(page.locator("html")).to_have_attribute("data-live", "off")
    expect(page.locator(".live-badge--off")).to_be_visible()
    expect(page.locator(".offline-bar")).to_be_visible()
    simulator.start_call(agent="ben")
    stack.bring_up("redis")

    expect(page.locator("html")).to_have_attribute("data-live", "on", timeout=30_000)
    expect(place_of(page, "Ben")).to_contain_text("Connected")


def test_wallboard_shows_the_time_of_its_figures_while_fetching_fails(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_wallboard(sign_in)
    page.route("**/wallboard/parts/", lambda route: route.fulfill(status=503, body="away"))

    simulator.start_call(agent="ada")
    expect(page.locator("#wallboard-moment")).to_be_visible()
    expect(page.locator("#wallboard-moment")).to_have_text(re.compile(r"Figures of \d\d:\d\d:\d\d"))
    page.unroute("**/wallboard/parts/")

    expect(page.locator("#wallboard-moment")).to_be_hidden(timeout=20_000)
    expect(place_of(page, "Ada")).to_contain_text("Connected")


def test_wallboard_reloads_after_an_update_of_the_server(sign_in: SignIn, simulator: Simulator) -> None:
    page = open_wallboard(sign_in)
    page.evaluate("window.notReloaded = true")

    def answer_newer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-version="', 'data-version="newer '))

    page.route("**/wallboard/parts/", answer_newer, times=1)
    with page.expect_navigation():
        simulator.start_call(agent="ada")

    expect(page.locator("html")).to_have_attribute("data-live", "on")
    assert page.evaluate("window.notReloaded") is None


def test_f_and_the_button_switch_full_screen_on_and_off(sign_in: SignIn) -> None:
    page = open_wallboard(sign_in)

    page.keyboard.press("f")
    page.wait_for_function(IS_FULL)
    expect(page.get_by_role("button", name="Exit")).to_be_visible()
    page.keyboard.press("f")
    page.wait_for_function(f"!{IS_FULL}")
    page.get_by_role("button", name="Full screen").click()

    page.wait_for_function(IS_FULL)


def test_f_does_nothing_with_single_keys_off_or_with_a_modifier(sign_in: SignIn) -> None:
    page = open_wallboard(sign_in)

    page.keyboard.press("Alt+f")
    page.evaluate("document.documentElement.dataset.singleKeys = 'off'")
    page.keyboard.press("f")
    page.wait_for_timeout(500)

    assert page.evaluate(IS_FULL) is False


def test_repeated_fetches_leave_nothing_behind(sign_in: SignIn) -> None:
    page = open_wallboard(sign_in)
    devtools = page.context.new_cdp_session(page)

    def fetch(times: int) -> dict[str, int]:
        for _ in range(times):
            page.evaluate(FETCH_ALL_ANEW)
        page.wait_for_timeout(500)
        devtools.send("HeapProfiler.collectGarbage")
        counts = devtools.send("Memory.getDOMCounters")
        return {name: counts[name] for name in ("nodes", "jsEventListeners")}

    before = fetch(5)
    after = fetch(60)

    assert after["jsEventListeners"] < before["jsEventListeners"] + 30
    assert after["nodes"] < before["nodes"] * 1.1


@pytest.fixture
def german_sue(sign_in: SignIn) -> Iterator[None]:
    """The supervisor reads German for one test."""
    page = sign_in("sue")
    choose_language(page, "de")
    yield
    choose_language(page, "en")


def choose_language(page: Page, language: str) -> None:
    """Choose the language in the menu, like a person."""
    page.locator(".user-menu").click()
    page.locator(f"#user-menu [name=language][value={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def faults_of_a_busy_wallboard(sign_in: SignIn, simulator: Simulator) -> dict[str, list[str]]:
    agent = open_board(sign_in, "ada")
    await_call(agent, simulator.start_call(agent="ada"))
    simulator.start_call(agent="deniz.aydin", answered=False)
    page = open_wallboard(sign_in)
    found = {"busy": barriers(page)}
    page.context.set_offline(True)
    expect(page.locator(".offline-bar")).to_be_visible()
    found["cut off"] = barriers(page)
    return {name: faults for name, faults in found.items() if faults}


def test_the_wallboard_has_no_barriers(sign_in: SignIn, simulator: Simulator) -> None:
    assert faults_of_a_busy_wallboard(sign_in, simulator) == {}


def test_the_german_wallboard_has_no_barriers(german_sue: None, sign_in: SignIn, simulator: Simulator) -> None:
    assert faults_of_a_busy_wallboard(sign_in, simulator) == {}
